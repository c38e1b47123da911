import * as fc from 'fast-check';
import { readColumns } from '../columns/fleet.columns';
import { instance } from '../fleet.test-support';
import { BucketQueue } from './bucket.queue';
import { HotQueue } from './hot.queue';

const levels = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});

describe('the queue of hot instances', () => {
  it('gives the hottest first, by what they are at when they come out', () => {
    fc.assert(
      fc.property(
        levels,
        fc.array(fc.tuple(fc.nat(59), fc.double({ min: 0, max: 3, noNaN: true }))),
        (all, changes) => {
          const utilisation = Float64Array.from(all);
          const queue = new HotQueue(utilisation);
          for (const at of all.keys()) queue.put(at);
          for (const [at, level] of changes) {
            if (at >= all.length) continue;
            utilisation[at] = level;
            queue.put(at);
          }
          const out = new Set<number>();
          let last = Number.POSITIVE_INFINITY;
          for (let next = queue.take(); next >= 0; next = queue.take()) {
            expect(utilisation[next]!).toBeLessThanOrEqual(last);
            last = utilisation[next]!;
            out.add(next);
          }
          expect(out.size).toBe(all.length);
        },
      ),
    );
  });
});

describe('the queue for placing in bulk', () => {
  it('gives the coldest first, to within a bucket, while they only get hotter', () => {
    fc.assert(
      fc.property(
        levels,
        fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { maxLength: 200 }),
        (all, rises) => {
          const instances = all.map((_, at) => instance(`s${String(at).padStart(2, '0')}`));
          const columns = readColumns({ instances, streams: [] }, 1);
          const utilisation = Float64Array.from(all);
          const queue = new BucketQueue(columns, utilisation, 2);
          const bucket = 4 / 4096;
          for (const rise of rises) {
            const coldest = Math.min(...utilisation);
            const first = queue.first(0);
            if (utilisation[first]! < 4)
              expect(utilisation[first]! - coldest).toBeLessThan(bucket * 1.001);
            queue.remove(0, first);
            utilisation[first]! += rise;
            queue.put(0, first);
          }
        },
      ),
    );
  });

  it('ends when all are taken out', () => {
    const instances = [instance('a'), instance('b', { status: 'cordoned' }), instance('c')];
    const queue = new BucketQueue(
      readColumns({ instances, streams: [] }, 1),
      new Float64Array(3),
      1,
    );
    const taken = [0, 1].map(() => {
      const first = queue.first(0);
      queue.remove(0, first);
      return first;
    });
    expect(taken.sort()).toEqual([0, 2]);
    expect(queue.first(0)).toBe(-1);
  });
});

import * as fc from 'fast-check';
import type { FleetSnapshot } from './index';
import {
  apply,
  instance,
  loadsOf,
  planFor,
  settle,
  simpleFleet,
  stepsOf,
} from './fleet.test-support';

const RUNS = { numRuns: 150 };

/** A few streams of very different weight: whole streams leave gaps that cannot be closed. */
const coarse = simpleFleet({
  instances: { min: 1, max: 6 },
  perInstance: { min: 1, max: 6 },
  weights: fc.double({ min: 0.01, max: 50, noNaN: true }),
});

/** Many streams that differ by a factor of four. */
const fine = simpleFleet({
  instances: { min: 2, max: 6 },
  perInstance: { min: 24, max: 40 },
  weights: fc.double({ min: 1, max: 4, noNaN: true }),
});

function withStatus(
  snapshot: FleetSnapshot,
  serverId: string,
  status: 'lost' | 'draining' | 'cordoned',
): FleetSnapshot {
  const instances = snapshot.instances.map((view) =>
    view.serverId === serverId ? { ...view, status } : view,
  );
  return { ...snapshot, instances };
}

describe('with room enough and no constraints', () => {
  it('no stream stays unplaced', () => {
    fc.assert(
      fc.property(coarse, (snapshot) => {
        const planned = planFor(snapshot);
        expect(planned.placements).toHaveLength(snapshot.streams.length);
        expect(planned.unplaced).toEqual([]);
      }),
      RUNS,
    );
  });

  it('as many streams as there is room for find a place in a fleet that is exactly full', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }), (rooms) => {
        const total = rooms.reduce((sum, room) => sum + room, 0);
        const planned = planFor({
          instances: rooms.map((room, at) => instance(`s${at}`, { capacity: { streams: room } })),
          streams: Array.from({ length: total + 3 }, (_, at) => ({
            streamId: String(at),
            load: { weight: 1 + at },
          })),
        });
        expect(planned.placements).toHaveLength(total);
        expect(planned.unplaced).toHaveLength(3);
      }),
      RUNS,
    );
  });

  it('a plan that is applied and planned again is empty, however unequal the streams', () => {
    fc.assert(
      fc.property(coarse, (snapshot) => {
        const again = planFor(apply(snapshot, planFor(snapshot)));
        expect(stepsOf(again)).toEqual([]);
        expect(again.stats.stoppedBy).toBe('settled');
      }),
      RUNS,
    );
  });

  it('a fleet in disorder is settled by one plan', () => {
    const disorder = coarse.chain((snapshot) =>
      fc
        .array(fc.nat(snapshot.instances.length - 1), {
          minLength: snapshot.streams.length,
          maxLength: snapshot.streams.length,
        })
        .map((owners) => ({
          ...snapshot,
          streams: snapshot.streams.map((view, at) => ({ ...view, owner: `s${owners[at]}` })),
        })),
    );
    fc.assert(
      fc.property(disorder, (snapshot) => {
        const planned = planFor(snapshot);
        expect(planned.after.peak).toBeLessThanOrEqual(planned.before.peak);
        expect(stepsOf(planFor(apply(snapshot, planned)))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('many streams are spread within five percent of the mean', () => {
    fc.assert(
      fc.property(fine, (snapshot) => {
        const { after } = planFor(snapshot);
        expect(after.peak / after.mean).toBeLessThan(1.05);
        expect(after.balance).toBeGreaterThan(0.95);
      }),
      RUNS,
    );
  });
});

describe('when the fleet changes', () => {
  it('nothing moves between old instances when one joins, and it gets its share', () => {
    fc.assert(
      fc.property(fine, (snapshot) => {
        const old = settle(snapshot);
        const capacity = { streams: old.streams.length };
        const joined = { ...old, instances: [...old.instances, instance('new', { capacity })] };
        const planned = planFor(joined);
        expect(planned.moves.map((step) => step.to)).toEqual(planned.moves.map(() => 'new'));
        expect(new Set(planned.moves.map((step) => step.reason))).toEqual(new Set(['join']));
        const after = apply(joined, planned);
        expect(loadsOf(after)['new']! / capacity.streams).toBeGreaterThan(0.9 * planned.after.mean);
        expect(stepsOf(planFor(after))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('only its own streams move when an instance is lost', () => {
    fc.assert(
      fc.property(fc.oneof(coarse, fine), (snapshot) => {
        const old = settle(snapshot);
        const its = old.streams.filter((view) => view.owner === 's0');
        const planned = planFor(withStatus(old, 's0', 'lost'));
        expect(planned.moves).toEqual([]);
        const answered = [...planned.placements, ...planned.unplaced].map((one) => one.streamId);
        expect(answered.sort()).toEqual(its.map((view) => view.streamId).sort());
        for (const step of planned.placements) {
          expect(step).toMatchObject({ reason: 'failover', from: 's0' });
        }
      }),
      RUNS,
    );
  });

  it('only its own streams move when an instance is drained, and all of them do', () => {
    fc.assert(
      fc.property(fine, (snapshot) => {
        const old = settle(snapshot);
        const its = old.streams.filter((view) => view.owner === 's0');
        const planned = planFor(withStatus(old, 's0', 'draining'));
        expect(planned.placements).toEqual([]);
        expect(planned.moves.map((step) => step.streamId).sort()).toEqual(
          its.map((view) => view.streamId).sort(),
        );
        for (const step of planned.moves) expect(step).toMatchObject({ reason: 'drain' });
      }),
      RUNS,
    );
  });

  it('a cordoned instance keeps what it has and gets nothing', () => {
    fc.assert(
      fc.property(fine, (snapshot) => {
        const old = settle(snapshot);
        const more = Array.from({ length: 10 }, (_, at) => ({
          streamId: `more-${at}`,
          load: { weight: 1 },
        }));
        const cordoned = withStatus(
          { ...old, streams: [...old.streams, ...more] },
          's0',
          'cordoned',
        );
        for (const step of stepsOf(planFor(cordoned))) {
          expect(step.to).not.toBe('s0');
          expect(step.from).not.toBe('s0');
        }
      }),
      RUNS,
    );
  });

  it('loads that change by one percent move nothing', () => {
    const jitter = fc.infiniteStream(fc.double({ min: 0.99, max: 1.01, noNaN: true }));
    fc.assert(
      fc.property(fine, jitter, (snapshot, factors) => {
        const old = settle(snapshot);
        const changed = old.streams.map((view) => {
          const factor = factors.next().value ?? 1;
          return { ...view, load: { weight: view.load.weight * factor } };
        });
        expect(stepsOf(planFor({ ...old, streams: changed }))).toEqual([]);
      }),
      RUNS,
    );
  });
});

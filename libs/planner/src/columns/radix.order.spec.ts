import * as fc from 'fast-check';
import type { StreamView } from '../boundary/snapshot.view';
import { compareIds } from './id.order';
import { listIndices, orderByKeys } from './radix.order';
import { sortById } from './stream.order';

describe('the radix sort', () => {
  it('orders by key, and equals as they came', () => {
    const key = fc.oneof(fc.nat(3), fc.nat(2 ** 31 - 1), fc.constant(2 ** 32 - 1));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
        const found = [...orderByKeys(Uint32Array.from(keys), listIndices(keys.length))];
        const wanted = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
        expect(found).toEqual(wanted);
      }),
    );
  });

  it('leaves the order that it begins with as it is', () => {
    const start = listIndices(3);
    orderByKeys(Uint32Array.of(3, 2, 1), start);
    expect([...start]).toEqual([0, 1, 2]);
  });
});

describe('streams in the order of their ids', () => {
  const view = (streamId: string): StreamView => ({ streamId, load: { weight: 1 } });

  it('is the one order of ids, whatever they look like', () => {
    const number = fc.nat({ max: 10 ** 15 - 1 }).map(String);
    const id = fc.oneof(number, fc.nat(99).map(String), fc.string({ minLength: 1 }));
    const ids = fc.oneof(
      fc.uniqueArray(fc.oneof(number, fc.nat(99).map(String))),
      fc.uniqueArray(id),
    );
    fc.assert(
      fc.property(ids, (all) => {
        const sorted = sortById(all.map(view)).map(({ streamId }) => streamId);
        expect(sorted).toEqual([...all].sort(compareIds));
      }),
    );
  });

  it.each([
    [['7', '3', '7'], 'two streams are called 7'],
    [['b', '1', 'b'], 'two streams are called b'],
  ])('refuses %j', (ids, message) => {
    expect(() => sortById(ids.map(view))).toThrow(new RangeError(message));
  });
});

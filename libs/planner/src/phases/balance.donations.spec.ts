import * as fc from 'fast-check';
import { DonationList } from './balance.donations';

const gift = fc.record({
  size: fc.double({ min: 0.01, max: 4, noNaN: true }),
  isHot: fc.boolean(),
});

function listOf(gifts: readonly { size: number; isHot: boolean }[], wanted: number): DonationList {
  const list = new DonationList(gifts.length, 4);
  for (const [stream, { size, isHot }] of gifts.entries()) list.add(stream, size, isHot);
  list.sort(wanted);
  return list;
}

function drain(list: DonationList, sizeMax: number): number[] {
  const streams: number[] = [];
  for (let place = list.from(0, sizeMax); place >= 0; place = list.from(place + 1, sizeMax)) {
    streams.push(list.streamAt(place));
    list.drop(place);
  }
  return streams;
}

describe('the list of what may go to a cold instance', () => {
  it('gives those of hot donors first, then the largest, and none that is too large', () => {
    fc.assert(
      fc.property(
        fc.array(gift, { maxLength: 100 }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        (gifts, max) => {
          const found = drain(listOf(gifts, Number.POSITIVE_INFINITY), max);
          const size = (stream: number): number => Math.fround(gifts[stream]!.size);
          const wanted = [...gifts.keys()]
            .filter((stream) => size(stream) <= max)
            .sort((a, b) => {
              return (
                Number(gifts[b]!.isHot) - Number(gifts[a]!.isHot) || size(b) - size(a) || a - b
              );
            });
          expect(found).toEqual(wanted);
        },
      ),
    );
  });

  it('keeps the largest that together are what is wanted, and says that there were more', () => {
    fc.assert(
      fc.property(
        fc.array(gift, { minLength: 1, maxLength: 100 }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (gifts, wanted) => {
          const list = listOf(gifts, wanted);
          const kept = drain(list, Number.POSITIVE_INFINITY);
          expect(list.isCut).toBe(kept.length < gifts.length);
          const calm = gifts.filter(({ isHot }) => !isHot).map(({ size }) => size);
          const total = calm.reduce((sum, size) => sum + size, 0);
          const got = kept
            .filter((at) => !gifts[at]!.isHot)
            .reduce((sum, at) => sum + gifts[at]!.size, 0);
          expect(got).toBeGreaterThanOrEqual(Math.min(total, wanted) * (1 - 1e-6));
          const isAllHotKept = gifts.every(({ isHot }, at) => !isHot || kept.includes(at));
          expect(isAllHotKept).toBe(true);
        },
      ),
    );
  });
});

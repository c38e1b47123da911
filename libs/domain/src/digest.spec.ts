import fc from 'fast-check';
import { EMPTY_DIGEST, computeDigest, hashAssignment } from './digest';

const assignment = fc.record({
  streamId: fc.bigInt({ min: 1n, max: 2n ** 62n }).map(String),
  epoch: fc.integer({ min: 1 }),
});

describe('the digest of what runs', () => {
  it('is sixteen zeros for nothing', () => {
    expect(computeDigest([])).toEqual({ count: 0, digest: EMPTY_DIGEST });
  });

  it('of one assignment is the first 8 bytes of SHA-256 of streamId:epoch', () => {
    expect(computeDigest([{ streamId: '1', epoch: 1 }])).toEqual({
      count: 1,
      digest: hashAssignment({ streamId: '1', epoch: 1 }).toString(16).padStart(16, '0'),
    });
    expect(computeDigest([{ streamId: '42', epoch: 7 }]).digest).toBe('755dac3729029e2e');
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(assignment), (assignments) => {
        expect(computeDigest([...assignments].reverse())).toEqual(computeDigest(assignments));
      }),
    );
  });

  it('changes when any epoch changes', () => {
    fc.assert(
      fc.property(fc.array(assignment, { minLength: 1 }), (assignments) => {
        const [first, ...rest] = assignments;
        const changed = [{ ...first!, epoch: first!.epoch + 1 }, ...rest];
        expect(computeDigest(changed).digest).not.toBe(computeDigest(assignments).digest);
      }),
    );
  });
});

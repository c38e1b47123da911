import { ApiLiveness, computeSilentAfterMs } from './api.liveness';

const TTL = 15_000;

describe('whether an orchestrator-api is alive', () => {
  it('says nothing while no API has ever beaten: failover must not be blocked for ever', () => {
    const liveness = new ApiLiveness();
    liveness.noteBeats([], 0);
    expect(liveness.isSilent(3_600_000, TTL)).toBe(false);
    liveness.noteRenewal(3_600_000);
    expect(liveness.isSilent(7_200_000, TTL)).toBe(false);
  });

  it('is silent when no count of beats grows for some seconds', () => {
    const liveness = new ApiLiveness();
    liveness.noteBeats([{ replica: 'a', beats: 7 }], 0);
    liveness.noteBeats([{ replica: 'a', beats: 8 }], 2_000);
    liveness.noteBeats([{ replica: 'a', beats: 8 }], 8_000);
    expect(liveness.isSilent(8_000, TTL)).toBe(false);
    expect(liveness.isSilent(8_001, TTL)).toBe(true);
  });

  it('needs one replica that beats, not all', () => {
    const liveness = new ApiLiveness();
    for (let beats = 1; beats < 20; beats += 1) {
      const list = [
        { replica: 'dead', beats: 5 },
        { replica: 'alive', beats },
      ];
      liveness.noteBeats(list, beats * 2_000);
    }
    expect(liveness.isSilent(40_000, TTL)).toBe(false);
  });

  it('takes a renewed lease for a sign of life', () => {
    const liveness = new ApiLiveness();
    liveness.noteBeats([{ replica: 'a', beats: 1 }], 0);
    liveness.noteRenewal(9_000);
    expect(liveness.isSilent(15_000, TTL)).toBe(false);
  });

  it('does not hold against the API what could not be read', () => {
    const liveness = new ApiLiveness();
    liveness.noteBeats([{ replica: 'a', beats: 1 }], 0);
    liveness.noteUnreadable(20_000);
    expect(liveness.isSilent(26_000, TTL)).toBe(false);
    expect(liveness.isSilent(26_001, TTL)).toBe(true);
  });

  it('notices a silence before a lease runs out, and never takes one beat left out for one', () => {
    expect(computeSilentAfterMs(15_000)).toBe(6_000);
    expect(computeSilentAfterMs(6_000)).toBe(4_000);
    expect(computeSilentAfterMs(3_000)).toBe(3_000);
  });
});

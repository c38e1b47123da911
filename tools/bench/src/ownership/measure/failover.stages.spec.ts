import { followLoss } from './failover.stages';
import type { Loss } from './failover.stages';
import { runOf } from './run.intervals.test-support';

const loss: Loss = {
  serverId: 'a',
  killedNs: 1_000_000_000n,
  leaseEndsMs: 3_500,
  fencedMs: 3_620,
  takenOverMs: 3_640,
};

describe('the stages of a failover', () => {
  it('follow one another and sum up to the whole', () => {
    const runs = [runOf('a', 0, 1_000), runOf('b', 3_700, undefined, { underWayMs: 3_709 })];
    const { failovers, unknown } = followLoss(loss, runs, () => 3_690);
    expect(unknown).toEqual([]);
    expect(failovers).toEqual([
      {
        streamId: '1',
        toServerId: 'b',
        startedNs: 3_700_000_000n,
        leaseLeftMs: 2_500,
        detectionMs: 120,
        takeoverMs: 20,
        placementMs: 50,
        deliveryMs: 10,
        totalMs: 2_700,
        startMs: 9,
      },
    ]);
  });

  it('are of the first owner after the kill, whatever came later or before', () => {
    const runs = [
      runOf('a', 0, 1_000),
      runOf('c', 5_000, undefined),
      runOf('b', 3_700, 4_900),
      runOf('b', -90, -10),
    ];
    const { failovers } = followLoss(loss, runs, (_streamId, serverId) =>
      serverId === 'b' ? 3_690 : 4_990,
    );
    expect(failovers.map(({ toServerId, totalMs }) => [toServerId, totalMs])).toEqual([
      ['b', 2_700],
    ]);
  });

  it('are only of streams that the kill ended', () => {
    const runs = [runOf('a', 0, 900), runOf('b', 905, undefined), runOf('c', 0, undefined)];
    expect(followLoss(loss, runs, () => 1)).toEqual({ failovers: [], unknown: [] });
  });

  it('name what nobody has run since, and what is not known to have been granted', () => {
    expect(followLoss(loss, [runOf('a', 0, 1_000)], () => 3_690).unknown).toEqual(['1']);
    const found = [runOf('a', 0, 1_000), runOf('b', 3_700, undefined)];
    expect(followLoss(loss, found, () => undefined)).toEqual({ failovers: [], unknown: ['1'] });
  });
});

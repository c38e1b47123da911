import { streamRow } from './rows.test-support';
import { toStreamView } from './stream.view';

describe('a stream as the planner sees it', () => {
  it('takes what it names beside its weight, and costs what it says to move', () => {
    const row = streamRow('1', { weight: 3, resources: { cpuCores: 0.5 }, moveCost: 4 });
    expect(toStreamView(row, undefined)).toMatchObject({
      load: { weight: 3, cpuCores: 0.5 },
      moveCost: 4,
    });
  });

  it('takes its weight only when it names nothing, and moves like an ordinary one', () => {
    const view = toStreamView(streamRow('1', { weight: 3 }), undefined);
    expect(view.load).toEqual({ weight: 3 });
    expect(view.moveCost).toBe(1);
  });

  it('has the measured load in the place of the weight, not of what else it takes', () => {
    const row = streamRow('1', { weight: 3, resources: { memoryMb: 512, bandwidthMbps: 0 } });
    expect(toStreamView(row, 7).load).toEqual({ weight: 7, memoryMb: 512, bandwidthMbps: 0 });
  });
});

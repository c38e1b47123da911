import { findUnsettled } from './settled.picture';
import type { FleetPicture } from './settled.picture';

const MS = 1_000_000n;
const stream = {
  streamId: '1',
  name: 'one',
  isExclusive: true,
  isEnabled: true,
  serverId: 'instance-1',
  epoch: 4,
  status: 'running',
};
const effect = {
  streamId: '1',
  epoch: 4,
  writer: 'instance-1#2',
  seq: 9,
  atNs: String(900n * MS),
};
const settled: FleetPicture = {
  streams: [stream],
  effects: [effect],
  nowNs: 1_000n * MS,
  effectAgeMaxMs: 200,
  effectsSinceNs: 0n,
};

describe('a settled fleet', () => {
  it('has every wanted stream running, with fresh effects of its owner', () => {
    expect(findUnsettled(settled)).toEqual([]);
    const off = { ...stream, isEnabled: false, serverId: null, status: 'unassigned' };
    expect(findUnsettled({ ...settled, streams: [stream, { ...off, streamId: '2' }] })).toEqual([]);
  });

  it.each([
    ['is unassigned', { streams: [{ ...stream, status: 'unassigned', serverId: null }] }],
    ['no effect yet', { effects: [] }],
    ['no effect for 300 ms', { nowNs: 1_200n * MS }],
    ['no effect since', { effectsSinceNs: 900n * MS }],
    ['effects of epoch 3', { effects: [{ ...effect, epoch: 3 }] }],
    ['written by instance-2', { effects: [{ ...effect, writer: 'instance-2#1' }] }],
    ['not wanted', { streams: [{ ...stream, isEnabled: false }] }],
  ])('is not one when a stream %s', (what, change) => {
    const found = findUnsettled({ ...settled, ...change });
    expect(found).toEqual([expect.stringContaining(what)]);
  });
});

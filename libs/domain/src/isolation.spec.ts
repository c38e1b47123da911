import { DEFAULT_FLEET_SETTINGS } from './fleet';
import { decideIsolation } from './isolation';
import type { InstanceLoss, IsolationPicture } from './isolation';
import { computeProbationMs, decideProbation } from './probation';

const settings = DEFAULT_FLEET_SETTINGS;
const MINUTE_MS = 60_000;

function loss(serverId: string, minute: number, suspects: readonly string[]): InstanceLoss {
  return {
    lossId: minute,
    serverId,
    incarnation: 1,
    atMs: minute * MINUTE_MS,
    isNew: true,
    suspects: new Map(suspects.map((streamId) => [streamId, 2_000])),
    suspectCount: suspects.length,
  };
}

function picture(losses: readonly InstanceLoss[], more: Partial<IsolationPicture> = {}) {
  return {
    losses,
    streams: 200,
    instances: 10,
    isolated: new Map(),
    onProbation: new Set<string>(),
    ...more,
  };
}

const idsOf = (list: readonly { readonly streamId: string }[]) =>
  list.map(({ streamId }) => streamId).sort();

describe('which streams are isolated', () => {
  const three = [loss('a', 1, ['7', '8']), loss('b', 2, ['7', '9']), loss('c', 3, ['7', '10'])];

  it('the one that three instances died of, with the evidence', () => {
    const { isolate } = decideIsolation(picture(three), settings);
    expect(isolate).toEqual([
      {
        streamId: '7',
        losses: [
          { serverId: 'a', incarnation: 1, atMs: 60_000, afterMs: 2_000 },
          { serverId: 'b', incarnation: 1, atMs: 120_000, afterMs: 2_000 },
          { serverId: 'c', incarnation: 1, atMs: 180_000, afterMs: 2_000 },
        ],
        expectedInnocents: 200 * (2 / 200) ** 3,
        isProven: true,
      },
    ]);
  });

  it('nobody after two losses, or when nothing new was lost', () => {
    expect(decideIsolation(picture(three.slice(0, 2)), settings).isolate).toEqual([]);
    const known = three.map((one) => ({ ...one, isNew: false }));
    expect(decideIsolation(picture(known), settings).isolate).toEqual([]);
  });

  it('nobody by an instance that may have been dead before it got the stream', () => {
    const unheard = (one: InstanceLoss): InstanceLoss => ({
      ...one,
      suspects: new Map([...one.suspects.keys()].map((streamId) => [streamId, 0])),
    });
    const [a, b, c] = three as [InstanceLoss, InstanceLoss, InstanceLoss];
    expect(decideIsolation(picture([a, unheard(b), c]), settings).isolate).toEqual([]);
    const all = three.map(unheard);
    expect(idsOf(decideIsolation(picture(all), settings).isolate)).toEqual(['7']);
    const fourth = [a, unheard(b), c, loss('d', 4, ['7', '11'])];
    expect(idsOf(decideIsolation(picture(fourth), settings).isolate)).toEqual(['7']);
  });

  it('nobody while it is always the same instance: that is as suspect as a stream', () => {
    const same = three.map((one, index) => ({ ...one, serverId: 'a', incarnation: index }));
    expect(decideIsolation(picture(same), settings).isolate).toEqual([]);
  });

  it('nobody by a percentage of 0', () => {
    const off = { ...settings, isolatePercentMax: 0 };
    expect(decideIsolation(picture(three), off).isolate).toEqual([]);
  });

  it('nobody by mass losses: three zones that fail one after the other', () => {
    const zone = (minute: number, name: string): InstanceLoss[] =>
      ['1', '2', '3', '4', '5'].map((host) =>
        loss(`${name}-${host}`, minute, host === '1' ? ['7'] : [`${minute}${host}`]),
      );
    const all = [...zone(1, 'x'), ...zone(2, 'y'), ...zone(3, 'z')];
    expect(decideIsolation(picture(all, { instances: 10 }), settings).isolate).toEqual([]);
  });

  it('all that travelled together, up to the share that may be isolated, and never proven', () => {
    const many = Array.from({ length: 60 }, (_unused, index) => String(index + 1));
    const found = decideIsolation(
      picture([loss('a', 1, many), loss('b', 2, many), loss('c', 3, many)]),
      settings,
    );
    expect(found.isolate.length).toBe(40);
    expect(found.spared).toBe(20);
    expect(found.isolate.every(({ isProven }) => !isProven)).toBe(true);
  });

  it('a second one whose losses the first does not explain', () => {
    const both = [
      ...three,
      loss('d', 4, ['7']),
      ...[loss('e', 5, ['20']), loss('f', 6, ['20']), loss('g', 7, ['20'])],
    ];
    expect(idsOf(decideIsolation(picture(both), settings).isolate)).toEqual(['20', '7']);
  });

  it('the one on probation whose instance died, and those it explains are exonerated', () => {
    const others = ['8', '9'];
    const known = [loss('a', 1, ['7', ...others]), loss('b', 2, ['7', ...others])].map((one) => ({
      ...one,
      isNew: false,
    }));
    const decision = decideIsolation(
      picture([...known, loss('c', 9, ['7', '50'])], {
        isolated: new Map(others.map((id) => [id, { isSuspect: true }])),
        onProbation: new Set(['7']),
      }),
      settings,
    );
    expect(idsOf(decision.convict)).toEqual(['7']);
    expect(decision.convict[0]?.isProven).toBe(true);
    expect([...decision.exonerate].sort()).toEqual(others);
  });

  it('nobody of two that were on probation on the same instance: each is tried alone', () => {
    const onProbation = new Set(['7', '8']);
    const decision = decideIsolation(
      picture([loss('a', 1, ['7', '8'])], { onProbation }),
      settings,
    );
    expect(decision.convict).toEqual([]);
    expect(decision.recall).toEqual(['7', '8']);
  });
});

describe('who is tried on probation', () => {
  const suspect = (streamId: string, losses = 3, isRecalled = false) => ({
    streamId,
    losses,
    isRecalled,
  });
  const trial = (streamId: string, provenMs: number, isRecalled = false) => ({
    streamId,
    provenMs,
    isRecalled,
    worstAfterMs: 2_000,
  });
  const dueMs = computeProbationMs(2_000, settings);

  it('one at a time in a small fleet, the least suspect first', () => {
    const list = { suspects: [suspect('7', 4), suspect('8')], onProbation: [], instances: 3 };
    expect(decideProbation(list, settings)).toEqual({ release: [], start: ['8'] });
    const busy = { ...list, onProbation: [trial('9', 0)] };
    expect(decideProbation(busy, settings)).toEqual({ release: [], start: [] });
  });

  it('a quarter of the instances at a time in a large one', () => {
    const suspects = ['1', '2', '3', '4'].map((id) => suspect(id));
    const { start } = decideProbation({ suspects, onProbation: [], instances: 12 }, settings);
    expect(start.length).toBe(3);
  });

  it('ends when the stream ran without harm for long enough, and makes place for the next', () => {
    const onProbation = [trial('9', dueMs)];
    const list = { suspects: [suspect('7')], onProbation, instances: 3 };
    expect(decideProbation(list, settings)).toEqual({ release: ['9'], start: ['7'] });
    const early = { ...list, onProbation: [trial('9', dueMs - 1)] };
    expect(decideProbation(early, settings)).toEqual({ release: [], start: [] });
  });

  it('alone, when it was tried together with another that may have killed', () => {
    const suspects = [suspect('7', 3, true), suspect('8', 3, true)];
    const idle = { suspects, onProbation: [], instances: 40 };
    const { start } = decideProbation(idle, settings);
    expect(start.length).toBe(1);
    const busy = { ...idle, onProbation: [trial('9', 0)] };
    expect(decideProbation(busy, settings).start).toEqual([]);
    const alone = { suspects: [suspect('5')], onProbation: [trial('7', 0, true)], instances: 40 };
    expect(decideProbation(alone, settings).start).toEqual([]);
  });
});

import { compareDefinitions } from './stream-definition.comparison';
import { decideStreamEffect, isPlannedOtherwise } from './stream-effect';
import type { StreamField } from './stream-effect';

describe('the effect of a change on the owner of a stream', () => {
  it.each<[readonly StreamField[], boolean, string | undefined]>([
    [[], true, undefined],
    [['weight', 'priority'], true, 'bump'],
    [['resources', 'moveCost'], true, 'bump'],
    [['resources', 'config'], true, 'regrant'],
    [['moveCost'], false, 'bump'],
    [['source'], true, 'regrant'],
    [['name', 'weight'], true, 'regrant'],
    [['autonomyMs'], true, 'regrant'],
    [['enabled'], true, 'bump'],
    [['enabled', 'config'], true, 'regrant'],
    [['enabled', 'config'], false, 'stop'],
    [['config'], false, 'bump'],
  ])('of %j when enabled is %j is %s', (changed, isEnabled, effect) => {
    expect(decideStreamEffect(changed, isEnabled)).toBe(effect);
  });
});

describe('whether a plan from before a change may still be written', () => {
  it.each<[readonly StreamField[], boolean]>([
    [['weight', 'priority', 'moveCost'], true],
    [['name', 'source', 'config', 'enabled'], true],
    [['weight', 'resources'], false],
    [['requires'], false],
    [['avoid'], false],
    [['spreadGroup'], false],
  ])('after one of %j: %j', (changed, mayBeWritten) => {
    expect(isPlannedOtherwise(changed)).toBe(!mayBeWritten);
  });
});

describe('comparing definitions', () => {
  const base = {
    name: 'a',
    source: 'https://x/',
    weight: 1,
    resources: { cpuCores: 1, memoryMb: 512 },
    moveCost: 1,
    priority: 5,
    exclusive: true,
    autonomyMs: 0,
    requires: { zone: 'eu', tier: 'gold' },
    avoid: {},
    spreadGroup: null,
    enabled: true,
    config: { list: [1, { a: 1, b: 2 }] },
  };

  it('does not see the order of keys', () => {
    const same = {
      ...base,
      requires: { tier: 'gold', zone: 'eu' },
      resources: { memoryMb: 512, cpuCores: 1 },
      config: { list: [1, { b: 2, a: 1 }] },
    };
    expect(compareDefinitions(base, same, true)).toEqual([]);
  });

  it('names what differs', () => {
    const other = { ...base, weight: 2, resources: {}, spreadGroup: 'g', config: { list: [] } };
    expect(compareDefinitions(base, other, false)).toEqual([
      'weight',
      'resources',
      'spreadGroup',
      'config',
      'source',
    ]);
  });
});

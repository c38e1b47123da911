import { SERVER_ID_PATTERN, matchesServerId } from './server-id.pattern';

describe('the serverIds of a key', () => {
  it.each([
    ['edge-1', 'edge-1', true],
    ['edge-1', 'edge-10', false],
    ['edge-1', 'Edge-1', false],
    ['edge-*', 'edge-10', true],
    ['edge-*', 'edge-', true],
    ['edge-*', 'edge', false],
    ['a.c', 'abc', false],
  ])('%s means %s: %s', (pattern, serverId, expected) => {
    expect(matchesServerId([pattern], serverId)).toBe(expected);
  });

  it('mean what any of them means, and none means nothing', () => {
    expect(matchesServerId(['x', 'edge-*'], 'edge-1')).toBe(true);
    expect(matchesServerId([], 'edge-1')).toBe(false);
  });

  it.each(['', '*', '*-1', 'a*b', 'a**', 'a b', 'a/b', 'a'.repeat(129)])(
    '%p is no pattern',
    (text) => {
      expect(SERVER_ID_PATTERN.test(text)).toBe(false);
    },
  );
});

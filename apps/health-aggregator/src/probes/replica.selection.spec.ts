import { replica } from '../scores/readings.test-support';
import { selectReplicas } from './replica.selection';

const names = (...readings: ReturnType<typeof replica>[]): string[] =>
  selectReplicas(readings.map(({ record }) => record)).map((record) => record.replica);

describe('the replicas that are looked at', () => {
  it('are all that beat, and those that fell silent without a word', () => {
    expect(
      names(
        replica('a', { replica: 'one', url: 'http://h:1' }),
        replica('a', { replica: 'two', url: 'http://h:2', silentMs: 60_000 }),
      ),
    ).toEqual(['one', 'two']);
  });

  it('do not include one that stopped in good order', () => {
    const stopped = { url: null, silentMs: 60_000 };
    expect(
      names(
        replica('a', { ...stopped, replica: 'one', status: 'stopping' }),
        replica('a', { ...stopped, replica: 'two', status: 'stopped' }),
        replica('a', { url: null, replica: 'three', status: 'stopping', silentMs: 2_000 }),
      ),
    ).toEqual(['three']);
  });

  it('do not include one whose address another has by now, nor one that was replaced', () => {
    const lastSeen = new Date('2026-01-01T01:00:00Z');
    const startedAt = new Date('2026-01-01T01:05:00Z');
    expect(
      names(
        replica('a', { replica: 'old', url: 'http://h:1', silentMs: 90_000, lastSeen }),
        replica('b', { replica: 'new', url: 'http://h:1' }),
        replica('c', { replica: 'killed', url: 'http://h:2', silentMs: 90_000, lastSeen }),
        replica('c', { replica: 'replacement', url: 'http://h:3', startedAt }),
      ),
    ).toEqual(['new', 'replacement']);
  });
});

import fc from 'fast-check';
import { decideFlappingMs, isScattering } from './flapping';
import { DEFAULT_FLEET_SETTINGS } from './fleet';
import { FAILURES_KEPT, decideAfterFailure, describeFailures, spreadOf } from './stream-failure';
import type { FailureState, StreamFailure } from './stream-failure';

const settings = DEFAULT_FLEET_SETTINGS;

const fresh: FailureState = {
  failures: 0,
  failedOn: [],
  log: [],
  heldBack: null,
  parkings: 0,
  ranForMs: null,
};

function failure(serverId: string, error = 'no such codec'): StreamFailure {
  return { serverId, incarnation: 1, cause: 'failed', error, atMs: 0 };
}

/** Fails on these instances, one after the other, each time after having run for `ranForMs`. */
function failOn(serverIds: readonly string[], ranForMs: number | null = null, own = settings) {
  let state = fresh;
  return serverIds.map((serverId) => {
    const rule = { settings: own, spread: 0 };
    const outcome = decideAfterFailure({ ...state, ranForMs }, failure(serverId), rule);
    state = { ...outcome, ranForMs };
    return outcome;
  });
}

describe('a stream that fails', () => {
  it('rests twice as long each time, then is parked for 1, 5, 25 and then 30 minutes', () => {
    const outcomes = failOn(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
    expect(outcomes.map(({ restMs, heldBack }) => [restMs, heldBack])).toEqual([
      [5_000, null],
      [10_000, null],
      [20_000, null],
      [40_000, null],
      [60_000, 'parked'],
      [300_000, 'parked'],
      [1_500_000, 'parked'],
      [1_800_000, 'parked'],
      [1_800_000, 'parked'],
    ]);
  });

  it('waits for an operator once it is parked, when it is not to be tried by itself', () => {
    const own = { ...settings, parkRetryMs: 0, parkAfterFailures: 2 };
    expect(failOn(['a', 'b'], null, own).map(({ restMs }) => restMs)).toEqual([5_000, null]);
  });

  it('never rests longer than it may while it is not parked', () => {
    const own = { ...settings, failedRetryMaxMs: 12_000 };
    const waits = failOn(['a', 'b', 'c', 'd'], null, own).map(({ restMs }) => restMs);
    expect(waits).toEqual([5_000, 10_000, 12_000, 12_000]);
  });

  it('begins anew after it had run long enough, and not before', () => {
    const briefly = failOn(['a', 'b', 'c', 'd', 'e'], settings.provenAfterMs - 1);
    expect(briefly.at(-1)).toMatchObject({ failures: 5, heldBack: 'parked' });
    const long = failOn(['a', 'b', 'c', 'd', 'e'], settings.provenAfterMs);
    expect(long.at(-1)).toMatchObject({ failures: 1, heldBack: null, failedOn: ['e'] });
  });

  it('that was on probation only fails: it killed nobody', () => {
    const state: FailureState = { ...fresh, heldBack: 'probation' };
    const outcome = decideAfterFailure(state, failure('a'), { settings, spread: 0 });
    expect(outcome).toMatchObject({ failures: 1, heldBack: null });
  });

  it('remembers where it failed and why, each instance once, a bounded number of them', () => {
    const many = Array.from({ length: 40 }, (_unused, index) => `server-${index % 20}`);
    const last = failOn(many).at(-1)!;
    expect(last.failedOn).toEqual(many.slice(-FAILURES_KEPT));
    expect(last.log.length).toBe(FAILURES_KEPT);
    expect(failOn(['a', 'b', 'a']).at(-1)?.failedOn).toEqual(['b', 'a']);
  });

  it('is told in one line, the last error of each instance, the newest first', () => {
    const log = [failure('a', 'first'), failure('b', 'second'), failure('a', 'third')];
    expect(describeFailures(log)).toBe('a: third; b: second');
  });

  it('shortens waits by up to a fifth, so that streams come back one by one', () => {
    const property = fc.property(fc.nat(), fc.nat(), (id, epoch) => {
      const spread = spreadOf(String(id), epoch);
      const { restMs } = decideAfterFailure(fresh, failure('a'), { settings, spread });
      expect(restMs).toBeGreaterThanOrEqual(4_000);
      expect(restMs).toBeLessThanOrEqual(5_000);
    });
    fc.assert(property);
    const waits = Array.from({ length: 1_000 }, (_unused, id) => spreadOf(String(id), 1));
    expect(new Set(waits).size).toBeGreaterThan(900);
    const mean = waits.reduce((sum, one) => sum + one, 0) / waits.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.6);
  });
});

describe('an instance that flaps', () => {
  it('gets nothing new from its third flap on, twice as long with each further one', () => {
    const waits = [1, 2, 3, 4, 5, 60].map((flaps) => decideFlappingMs(flaps, settings));
    expect(waits).toEqual([0, 0, 60_000, 120_000, 240_000, 1_800_000]);
  });

  it('is not given what it crashed with twice', () => {
    expect([1, 2, 3].map(isScattering)).toEqual([false, true, true]);
  });
});

import { computeSpeed, isCut, parseFaults } from './fault.rules';
import { FaultTable } from './fault.table';

describe('faults', () => {
  it.each([
    [{ status: '200' }, 'status'],
    [{ status: '4o4' }, 'status'],
    [{ speed: '-1' }, 'speed'],
    [{ delayMs: '' }, 'delayMs'],
    [{ redirects: 1.5 }, 'redirects'],
    [{ cutAfterMs: null }, 'cutAfterMs'],
    [{ speed: [] }, 'speed'],
  ])('refuses %j by the name of the field', (fields, name) => {
    expect(() => parseFaults(fields)).toThrow(name);
  });

  it('reads numbers from text and from JSON, and leaves other fields alone', () => {
    expect(parseFaults({ status: '503', speed: 0.5, colour: 'red' })).toEqual({
      status: 503,
      speed: 0.5,
    });
  });

  it('stalls and cuts by the age of the connection', () => {
    const faults = { speed: 2, stallAfterMs: 100, cutAfterMs: 200 };
    expect([99, 100].map((ageMs) => computeSpeed(faults, ageMs))).toEqual([2, 0]);
    expect([199, 200].map((ageMs) => isCut(faults, ageMs))).toEqual([false, true]);
  });

  it('stops the playlist at the moment of the stall and lets it jump on when healed', () => {
    let nowMs = 1_000;
    const table = new FaultTable(() => nowMs);
    table.set('x', { speed: 0 });
    nowMs = 9_000;
    expect(table.mediaTimeMs('x')).toBe(1_000);
    expect(table.mediaTimeMs('y')).toBe(9_000);
    table.set('x', undefined);
    expect(table.mediaTimeMs('x')).toBe(9_000);
  });
});

import { FAULT_KINDS } from './fault.list';

describe('the kinds of fault', () => {
  it('have names of their own', () => {
    const names = FAULT_KINDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('last between two lengths, and strike every part', () => {
    for (const { durationMs } of FAULT_KINDS) {
      expect(durationMs[0]).toBeLessThanOrEqual(durationMs[1]);
    }
    expect(new Set(FAULT_KINDS.map(({ place }) => place)).size).toBe(7);
  });
});

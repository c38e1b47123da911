import fc from 'fast-check';
import { AddressBook } from './address.book';
import { AddressBreaker } from './address.breaker';

describe('AddressBreaker', () => {
  it('opens at the third failure in a row, for longer each time it is tried in vain', () => {
    const breaker = new AddressBreaker(() => 0.999_999);
    expect([breaker.failed(0), breaker.failed(0)]).toEqual([undefined, undefined]);
    const waits: number[] = [];
    let nowMs = 0;
    expect(breaker.failed(nowMs)).toMatchObject({ kind: 'opened' });
    for (let opening = 0; opening < 7; opening += 1) {
      waits.push(Math.round((breaker.dueAtMs ?? 0) - nowMs));
      nowMs = breaker.dueAtMs ?? 0;
      breaker.probing();
      expect(breaker.dueAtMs).toBeUndefined();
      expect(breaker.failed(nowMs)).toBeUndefined();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(breaker.succeeded()).toEqual({ kind: 'closed' });
    expect(breaker.succeeded()).toBeUndefined();
  });

  it('forgets failures with every success', () => {
    const breaker = new AddressBreaker(() => 0);
    for (let round = 0; round < 5; round += 1) {
      breaker.failed(0);
      breaker.failed(0);
      breaker.succeeded();
    }
    expect(breaker.isClosed).toBe(true);
  });
});

describe('AddressBook', () => {
  const open = (book: AddressBook, index: number, nowMs = 0) => {
    for (let failure = 0; failure < 3; failure += 1) book.failed(index, nowMs);
  };

  it('stays at an address that serves, and goes on to the next when one does not', () => {
    const book = new AddressBook(3, () => 0.5);
    expect(book.choose(0, false)).toEqual({ kind: 'use', index: 0 });
    book.failed(0, 0);
    expect(book.choose(0, false)).toEqual({ kind: 'use', index: 1 });
    book.moveOn(1);
    expect(book.choose(0, false)).toEqual({ kind: 'use', index: 2 });
    expect(book.listDue(10_000)).toEqual([0]);
    book.moveOn(0);
    expect(book.choose(0, false)).toEqual({ kind: 'use', index: 2 });
  });

  it('probes one address when all are left alone, lets what is vital through, and else waits', () => {
    const book = new AddressBook(2, () => 0);
    open(book, 0);
    open(book, 1, 100);
    expect(book.choose(100, false)).toEqual({ kind: 'wait', retryAfterMs: 400 });
    expect(book.choose(100, true)).toEqual({ kind: 'use', index: 0 });
    expect(book.choose(550, false)).toEqual({ kind: 'probe', index: 0 });
    book.probing(0);
    expect(book.choose(550, false)).toEqual({ kind: 'wait', retryAfterMs: 50 });
    book.succeeded(0);
    expect(book.choose(550, false)).toEqual({ kind: 'use', index: 0 });
    expect(book.listDue(700)).toEqual([1]);
  });

  const outcomes = fc.constantFrom('up', 'down', 'probe-up', 'probe-down', 'later');
  const steps = fc.record({ index: fc.nat(2), outcome: outcomes, isVital: fc.boolean() });

  it('always finds a way for what is vital, never uses what is left alone for the rest', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), (all, n) => {
        const book = new AddressBook(n, () => 0.3);
        const failures = Array.from({ length: n }, () => 0);
        let nowMs = 0;
        for (const { index: any, outcome, isVital } of all) {
          const index = any % n;
          const isProbe = outcome.startsWith('probe');
          if (outcome === 'later') nowMs += 4_000;
          else if (isProbe && book.listDue(nowMs).includes(index)) book.probing(index);
          else if (isProbe) continue;
          if (outcome.endsWith('up')) book.succeeded(index);
          if (outcome.endsWith('up')) failures[index] = 0;
          if (outcome.endsWith('down')) book.failed(index, nowMs);
          if (outcome.endsWith('down')) failures[index]! += 1;
          const choice = book.choose(nowMs, isVital);
          const isClosed = (failed: number) => failed < 3;
          if (isVital) expect(choice.kind).toBe('use');
          if (failures.some(isClosed)) {
            expect(choice.kind === 'use' && isClosed(failures[choice.index]!)).toBe(true);
          } else if (choice.kind === 'wait') {
            expect(choice.retryAfterMs).toBeLessThanOrEqual(15_000);
          } else if (!isVital) expect(choice.kind).toBe('probe');
        }
      }),
      { numRuns: 500 },
    );
  });
});

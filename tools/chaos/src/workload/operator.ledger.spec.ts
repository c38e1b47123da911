import { checkLedger } from './operator.ledger';
import type { LedgerEntry, LedgerRow } from './operator.ledger';

const kept: LedgerEntry = {
  name: 's',
  created: 'answered',
  deleted: 'no',
  countAnswered: 2,
  countAsked: 3,
  isUncertain: false,
};
const row: LedgerRow = { name: 's', count: 2, isDeleted: false };

function check(entry: LedgerEntry, ...rows: LedgerRow[]): string[] {
  return checkLedger([entry], rows).map(({ invariant }) => invariant);
}

describe('the ledger of an operator', () => {
  it('agrees with what was answered, and with what may have happened without an answer', () => {
    expect(check(kept, row)).toEqual([]);
    expect(check(kept, { ...row, count: 3 })).toEqual([]);
    expect(check({ ...kept, created: 'asked' })).toEqual([]);
    expect(check({ ...kept, deleted: 'asked' }, { ...row, isDeleted: true })).toEqual([]);
    expect(check({ ...kept, deleted: 'answered' }, { ...row, isDeleted: true })).toEqual([]);
  });

  it('finds what was answered and is not there (I3)', () => {
    expect(check(kept)).toEqual(['I3']);
    expect(check(kept, { ...row, count: 1 })).toEqual(['I3']);
    expect(check(kept, { ...row, isDeleted: true })).toEqual(['I3']);
    expect(check({ ...kept, deleted: 'answered' }, row)).toEqual(['I3']);
  });

  it('finds what nobody asked for (I3), and what was done twice (I11)', () => {
    expect(check(kept, { ...row, count: 4 })).toEqual(['I3']);
    expect(check(kept, row, { ...row, isDeleted: true })).toEqual(['I11']);
  });
});

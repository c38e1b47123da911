import type { Violation } from '../checks/violation';

/** A stream as an operator's ledger has it: what was asked for, and what was answered. */
export interface LedgerEntry {
  readonly name: string;
  created: 'asked' | 'answered';
  deleted: 'no' | 'asked' | 'answered';
  /** Count in its config: the last that was answered, and the highest that was asked for. */
  countAnswered: number;
  countAsked: number;
  /** Something that was asked for was never answered, and may still happen: it is left alone. */
  isUncertain: boolean;
}

/** A stream as the database has it. */
export interface LedgerRow {
  readonly name: string;
  readonly count: number;
  readonly isDeleted: boolean;
}

/**
 * I3 and I11: what was answered is there, what was never asked for is not, and what was sent more
 * than once has had its effect once.
 */
export function checkLedger(
  entries: readonly LedgerEntry[],
  rows: readonly LedgerRow[],
): Violation[] {
  const byName = new Map<string, LedgerRow[]>();
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row]);
  return entries.flatMap((entry) => checkEntry(entry, byName.get(entry.name) ?? []));
}

function checkEntry(entry: LedgerEntry, rows: readonly LedgerRow[]): Violation[] {
  const { name, created, deleted } = entry;
  const alive = rows.filter((row) => !row.isDeleted);
  if (rows.length > 1) return [violation('I11', `${name} was created ${rows.length} times`)];
  if (created === 'answered' && rows.length === 0) {
    return [violation('I3', `${name} was created, and is not there`)];
  }
  if (deleted === 'answered' && alive.length > 0) {
    return [violation('I3', `${name} was deleted, and is still there`)];
  }
  if (deleted === 'no' && created === 'answered' && alive.length === 0) {
    return [violation('I3', `${name} is deleted, and nobody asked for that`)];
  }
  return alive.flatMap(({ count }) => checkCount(entry, count));
}

function checkCount({ name, countAnswered, countAsked }: LedgerEntry, count: number): Violation[] {
  if (count < countAnswered) {
    return [violation('I3', `${name} has count ${count}, and ${countAnswered} was answered`)];
  }
  if (count > countAsked) {
    return [violation('I3', `${name} has count ${count}, and nobody asked for it`)];
  }
  return [];
}

function violation(invariant: string, what: string): Violation {
  return { invariant, what };
}

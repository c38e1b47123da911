/** Every invariant of reliability.md, section 6, that histories are checked against. */
export const INVARIANTS = [
  'I1',
  'I1d',
  'I1e',
  'I2',
  'I3c',
  'I4',
  'I4b',
  'I5',
  'I8',
  'I11',
  'I14',
  'crash',
] as const;

export type InvariantName = (typeof INVARIANTS)[number];

/** How often each was looked at. A check that never looks finds nothing. */
export type CheckCounts = Record<InvariantName, number>;

export function noChecks(): CheckCounts {
  return Object.fromEntries(INVARIANTS.map((name) => [name, 0])) as CheckCounts;
}

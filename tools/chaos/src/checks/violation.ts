/** Something that must never happen, and did. */
export interface Violation {
  /** The invariant's name in the design (`I1`), or `claim` for what one row promises. */
  readonly invariant: string;
  readonly what: string;
}

/** A fault that shows in a thousand places is told with the first few. */
export const SHOWN_MAX = 10;

/** The first few of them, and how many more there are. */
export function firstOf(violations: readonly Violation[]): Violation[] {
  const shown = violations.slice(0, SHOWN_MAX);
  const more = violations.length - shown.length;
  const last = shown.at(-1);
  if (more === 0 || !last) return shown;
  return [...shown, { invariant: last.invariant, what: `and ${more} more like that` }];
}

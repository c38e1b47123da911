/**
 * Which part of a list is wanted. `after` is the cursor that the page before gave; null: the first
 * page.
 */
export interface PageRequest {
  readonly limit: number;
  readonly after: string | null;
}

/** One part of a list; `next` is the cursor of the part after it, null at the end. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/**
 * Makes a page of rows that were read with `limit + 1`: the extra one only says that there is more.
 * @param cursorOf the cursor that goes on after this row.
 */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  shape: { readonly toItem: (row: R) => T; readonly cursorOf: (row: R) => string },
): Page<T> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: kept.map(shape.toItem), next: hasMore ? shape.cursorOf(last) : null };
}

/** RFC 3339 UTC, or null. */
export function toIso(time: Date): string;
export function toIso(time: Date | null): string | null;
export function toIso(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}

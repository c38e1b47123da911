/** An id of decimal digits below 10^15 as number, else -1. Such ids compare as numbers, fast. */
export function parseNumericId(id: string): number {
  const length = id.length;
  if (length === 0 || length > 15) return -1;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const digit = id.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return length > 1 && id.charCodeAt(0) === 48 ? -1 : value;
}

/**
 * The one total order of ids that breaks every tie: numbers by value, then all else by code unit.
 */
export function compareIds(a: string, b: string): number {
  const left = parseNumericId(a);
  const right = parseNumericId(b);
  if (left >= 0 && right >= 0) return left - right;
  if (left >= 0) return -1;
  if (right >= 0) return 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

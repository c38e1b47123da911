/** Fleet and server names: 1 to 128 letters, digits, dots, underscores and hyphens. */
export const NAME_PATTERN = /^[A-Za-z0-9._-]{1,128}$/;

/** Largest integer that survives a trip through JSON in every language: 2^53 - 1. */
export const MAX_SAFE_COUNTER = Number.MAX_SAFE_INTEGER;

/** True when `text` may name a fleet or an instance. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && NAME_PATTERN.test(text);
}

/**
 * True when `text` is a stream id: a positive bigint in decimal digits, as PostgreSQL's bigint
 * holds it.
 */
export function isStreamId(text: unknown): text is string {
  return typeof text === 'string' && /^[1-9][0-9]{0,17}$/.test(text);
}

/** True when `value` is a counter (epoch, revision, incarnation): an integer in 0 .. 2^53 - 1. */
export function isCounter(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

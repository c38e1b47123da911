/**
 * What to do about an error of the database (docs/adr/0005). First match wins.
 *
 * | kind | what to do |
 * |---|---|
 * | conflict | run the whole transaction again, jittered: serialization, deadlock, lock time-out |
 * | connection | reconnect and run again; counts for the breaker |
 * | overload | shed: tell the caller to come back |
 * | timeout | the caller's budget is used up |
 * | answer | constraint violations: a result in guarded writes, never retried |
 * | bug | wrong SQL or input that should have been refused earlier |
 */
export type FailureKind = 'conflict' | 'connection' | 'overload' | 'timeout' | 'answer' | 'bug';

const BY_SQLSTATE: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(40001|40P01|55P03)$/, 'conflict'],
  [/^(57P01|57P02|57P03|53300|25006|08...)$/, 'connection'],
  [/^(53100|53200|53400)$/, 'overload'],
  [/^(57014|25P03|57P05)$/, 'timeout'],
  [/^(23...|WE...)$/, 'answer'],
];

const BY_ERRNO = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** node-pg gives some losses of a connection no code at all; these are its own fixed texts. */
const CODELESS: readonly (readonly [RegExp, FailureKind])[] = [
  [/^Connection terminated/, 'connection'],
  [/not queryable/, 'connection'],
  // All of our own connections are taken: the database is well, and busy.
  [/^timeout exceeded when trying to connect/, 'overload'],
  [/^Client was closed/, 'connection'],
  [/^Query read timeout/, 'timeout'],
];

/** Classifies anything thrown while talking to PostgreSQL. */
export function classifyFailure(error: unknown): FailureKind {
  const code = codeOf(error);
  if (code !== undefined) {
    if (BY_ERRNO.has(code)) return 'connection';
    const rule = BY_SQLSTATE.find(([pattern]) => pattern.test(code));
    return rule?.[1] ?? 'bug';
  }
  if (error instanceof AggregateError) return 'connection';
  const message = error instanceof Error ? error.message : '';
  return CODELESS.find(([pattern]) => pattern.test(message))?.[1] ?? 'bug';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

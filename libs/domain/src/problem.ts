/** One thing that is wrong with an input, and where. */
export interface InputProblem {
  /** Path of the field, e.g. `acks.3.epoch`, or `line 12`. */
  readonly path: string;
  readonly message: string;
}

/**
 * Stable codes of every error that a caller can meet, with the HTTP status each is answered with.
 */
export const PROBLEM_STATUS = {
  INVALID_INPUT: 400,
  MALFORMED_BODY: 400,
  KEY_MISSING: 401,
  KEY_INVALID: 401,
  ROLE_FORBIDDEN: 403,
  FLEET_FORBIDDEN: 403,
  SERVER_FORBIDDEN: 403,
  NOT_FOUND: 404,
  FLEET_UNKNOWN: 404,
  STREAM_UNKNOWN: 404,
  INSTANCE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  REPORT_UNKNOWN: 404,
  MOVE_UNKNOWN: 404,
  REBALANCE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  INCARNATION_FENCED: 409,
  STREAM_NAME_TAKEN: 409,
  INSTANCE_STATE_CONFLICT: 409,
  FLEET_FROZEN: 409,
  MOVE_STATE_CONFLICT: 409,
  MOVE_BUDGET_SPENT: 409,
  REBALANCE_UNDER_WAY: 409,
  REBALANCE_STATE_CONFLICT: 409,
  BRAKE_NOT_ENGAGED: 409,
  BRAKE_NOT_RELEASABLE: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  MOVE_FORBIDDEN: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  DATABASE_UNAVAILABLE: 503,
  PLANNING_BUSY: 503,
  SHUTTING_DOWN: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** A permanent error that the caller can understand: answered as problem+json, never retried. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly problems: readonly InputProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

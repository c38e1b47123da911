/** The database could not be reached, or not in time. Callers are told to come back. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(
    readonly operation: string,
    /** When it makes sense to try again, in ms. */
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super(`database not available for ${operation}`, options);
  }
}

/** Why a database could not be started, stopped or reached; stable, for programs to decide on. */
export type EmbeddedErrorCode =
  | 'UNSUPPORTED_PLATFORM'
  | 'BINARIES_MISSING'
  | 'SYSTEM_USER_MISSING'
  | 'DATA_DIR_UNUSABLE'
  | 'DATA_DIR_IN_USE'
  | 'PORT_TAKEN'
  | 'PASSWORD_REFUSED'
  | 'SPAWN_FAILED'
  | 'EXITED_EARLY'
  | 'NOT_READY_IN_TIME'
  | 'REDIS_PROGRAM_MISSING';

/**
 * What every function of this library throws when the machine, not the caller's code, is at fault.
 */
export class EmbeddedError extends Error {
  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EmbeddedError';
  }
}

/**
 * The errno (`ECONNREFUSED`) or SQLSTATE (`28P01`) of a caught value, or undefined. By shape and
 * not by class: an error that comes from another realm (a test runner's sandbox) is no instance of
 * this one's Error.
 */
export function codeOf(error: unknown): string | undefined {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Something that the person at the terminal can do something about. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    message: string,
    /** What to do, one step per entry. */
    readonly advice: readonly string[] = [],
    /** Last lines of the log of the part that failed. */
    readonly logLines: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

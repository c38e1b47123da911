/** Why a service cannot start, in words for whoever runs it. */
export class StartupError extends Error {
  constructor(
    readonly phase: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StartupError';
  }
}

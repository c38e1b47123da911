/** A sink refused an effect: the stream has gone to a newer owner, whose epoch is known already. */
export class StaleEpochError extends Error {
  override readonly name = 'StaleEpochError';

  constructor(
    readonly streamId: string,
    readonly epoch: number,
  ) {
    super(`stream ${streamId} has a newer owner than epoch ${epoch}`);
  }
}

/** The part of a stream's context that a sink needs. */
export interface FencedStream {
  readonly streamId: string;
  readonly epoch: number;
}

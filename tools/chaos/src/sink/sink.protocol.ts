/** One effect that an instance wants: the next number of a stream, under its epoch. */
export interface SinkWrite {
  readonly streamId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly isExclusive: boolean;
  /** When the instance checked that it may, just before it sent it. ns of the monotonic clock. */
  readonly sentNs: string;
}

/** What an instance sends at once. */
export interface SinkBatch {
  /** The process that writes: `instance-1#2` is the second process of `instance-1`. */
  readonly writer: string;
  readonly writes: readonly SinkWrite[];
}

/** `streamId:epoch` of what was refused, because the sink has seen a higher epoch. */
export interface SinkAnswer {
  readonly refused: readonly string[];
}

/** The sink's account of one attempt: a line of its log. */
export interface SinkEntry extends SinkWrite {
  readonly writer: string;
  readonly isAccepted: boolean;
  /** When it was decided. ns of the monotonic clock. */
  readonly atNs: string;
}

/** The last accepted effect of a stream. */
export interface LastEffect {
  readonly streamId: string;
  readonly epoch: number;
  readonly writer: string;
  readonly seq: number;
  readonly atNs: string;
}

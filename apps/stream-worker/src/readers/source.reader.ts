/** What a reader tells while it reads. */
export interface ReaderSink {
  /** Bytes arrived. Called very often: it must be cheap. */
  onData(bytes: number): void;
  /** A piece of known playing time arrived; what bitrates are best measured from. */
  onMedia(bytes: number, durationMs: number): void;
  onTitle(title: string): void;
  /** From now on data comes in pieces this far apart, in ms: a shorter silence is no stall. */
  onPiecesEvery(intervalMs: number): void;
  /** The source dropped or rearranged something: segments missed, numbering begun anew. */
  onGap(reason: string): void;
}

export type SourceKind = 'http' | 'icy' | 'hls';

/** Reads one source until it ends or fails, parsing and dropping what arrives. */
export interface SourceReader {
  readonly kind: SourceKind;
  /**
   * Resolves when the source ends by itself.
   * @throws SourceError when it fails; whatever the abort leads to when the signal ends it.
   */
  read(sink: ReaderSink, signal: AbortSignal): Promise<void>;
}

/** What went wrong with a source, in words that may be shown: never with its address. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

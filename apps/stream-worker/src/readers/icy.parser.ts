/** A length byte counts blocks of 16. */
const BLOCK_BYTES = 16;
const TITLE = /StreamTitle='(.*?)';(?:\s*Stream|\s*\0|\s*$)/s;

/** What the parser finds. */
export interface IcyListener {
  onAudio(bytes: number): void;
  onTitle(title: string): void;
}

/**
 * Takes the metadata out of an Icecast stream. After every `interval` bytes of audio comes one
 * length byte and that many blocks of text, wherever chunks begin and end. Keeps at most one block
 * of metadata.
 */
export class IcyParser {
  private audioLeft: number;
  private metadata: Buffer | undefined;
  private metadataFilled = 0;

  constructor(
    private readonly intervalBytes: number,
    private readonly listener: IcyListener,
  ) {
    this.audioLeft = intervalBytes;
  }

  feed(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.metadata !== undefined) position = this.takeMetadata(chunk, position);
      else if (this.audioLeft > 0) position = this.takeAudio(chunk, position);
      else position = this.takeLength(chunk, position);
    }
  }

  private takeAudio(chunk: Buffer, position: number): number {
    const bytes = Math.min(this.audioLeft, chunk.length - position);
    this.audioLeft -= bytes;
    this.listener.onAudio(bytes);
    return position + bytes;
  }

  private takeLength(chunk: Buffer, position: number): number {
    const length = (chunk[position] ?? 0) * BLOCK_BYTES;
    if (length === 0) this.audioLeft = this.intervalBytes;
    else this.metadata = Buffer.alloc(length);
    this.metadataFilled = 0;
    return position + 1;
  }

  private takeMetadata(chunk: Buffer, position: number): number {
    const { metadata } = this;
    if (metadata === undefined) return position;
    const bytes = Math.min(metadata.length - this.metadataFilled, chunk.length - position);
    chunk.copy(metadata, this.metadataFilled, position, position + bytes);
    this.metadataFilled += bytes;
    if (this.metadataFilled === metadata.length) {
      this.metadata = undefined;
      this.audioLeft = this.intervalBytes;
      const title = parseTitle(decode(metadata));
      if (title !== undefined) this.listener.onTitle(title);
    }
    return position + bytes;
  }
}

/** The title in a block of metadata; it may hold quotes and semicolons itself. */
export function parseTitle(metadata: string): string | undefined {
  const title = TITLE.exec(metadata)?.[1]?.trim();
  return title === undefined || title === '' ? undefined : title;
}

/** Nothing says which encoding a station uses: UTF-8 where it is valid, else Latin-1. */
function decode(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return text.toString('latin1');
  }
}

import { LINE_MAX_BYTES } from './import.record';

/** One line without its end. `text` is null when the line is too long or is not UTF-8. */
export interface Line {
  readonly number: number;
  readonly text: string | null;
  readonly problem: string | null;
}

const NEWLINE = 0x0a;

/**
 * Splits bytes into lines that end with LF or CRLF; a byte order mark at the start is left out. A
 * line beyond the limit is skipped without being held. Empty lines are counted, not yielded: a body
 * of nothing else must cost next to nothing.
 */
export async function* splitLines(body: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const pending = new PendingLine();
  for await (const chunk of body) {
    let start = pending.skipEmpty(chunk, 0);
    for (let end = chunk.indexOf(NEWLINE, start); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.add(chunk.subarray(start, end));
      yield pending.take();
      start = pending.skipEmpty(chunk, end + 1);
    }
    pending.add(chunk.subarray(start));
  }
  if (!pending.isEmpty) yield pending.take();
}

/** The line that is being collected. */
class PendingLine {
  private parts: Buffer[] = [];
  private bytes = 0;
  private number = 0;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  add(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes <= LINE_MAX_BYTES) this.parts.push(part);
    else this.parts = [];
  }

  /**
   * Counts empty lines from `start` on. @returns where the next line that holds something begins.
   */
  skipEmpty(chunk: Buffer, start: number): number {
    if (!this.isEmpty) return start;
    let at = start;
    while (chunk[at] === NEWLINE) at += 1;
    this.number += at - start;
    return at;
  }

  take(): Line {
    this.number += 1;
    const { parts, bytes, number } = this;
    this.parts = [];
    this.bytes = 0;
    if (bytes > LINE_MAX_BYTES) {
      return { number, text: null, problem: `is longer than ${LINE_MAX_BYTES} bytes` };
    }
    return this.decode(parts, number);
  }

  private decode(parts: readonly Buffer[], number: number): Line {
    try {
      const text = this.decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
      return { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text, problem: null };
    } catch {
      return { number, text: null, problem: 'is not UTF-8' };
    }
  }
}

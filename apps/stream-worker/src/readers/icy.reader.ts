import { drainBody } from './body.reader';
import { IcyParser } from './icy.parser';
import type { OpenedSource } from './source.opener';
import type { ReaderSink, SourceReader } from './source.reader';

/** An Icecast stream: audio with titles in between. */
export class IcyReader implements SourceReader {
  readonly kind = 'icy';

  constructor(
    private readonly opened: OpenedSource,
    private readonly intervalBytes: number,
  ) {}

  async read(sink: ReaderSink): Promise<void> {
    const parser = new IcyParser(this.intervalBytes, {
      onAudio: (bytes) => sink.onData(bytes),
      onTitle: (title) => sink.onTitle(title),
    });
    await drainBody(this.opened.response, (chunk) => parser.feed(chunk));
  }
}

/** Every how many bytes this answer has metadata; undefined when it has none. */
export function findIcyInterval({ response }: OpenedSource): number | undefined {
  const interval = Number(response.headers['icy-metaint']);
  return Number.isInteger(interval) && interval > 0 ? interval : undefined;
}

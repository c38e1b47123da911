import type { OpenedSource } from './source.opener';
import { drainBody } from './body.reader';
import type { ReaderSink, SourceReader } from './source.reader';

/** An endless (or long) HTTP body: audio as it comes. */
export class PlainReader implements SourceReader {
  readonly kind = 'http';

  constructor(private readonly opened: OpenedSource) {}

  async read(sink: ReaderSink): Promise<void> {
    await drainBody(this.opened.response, (chunk) => sink.onData(chunk.length));
  }
}

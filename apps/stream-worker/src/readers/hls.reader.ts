import { setTimeout as sleep } from 'node:timers/promises';
import { drainBody, readText } from './body.reader';
import { HlsCursor } from './hls.cursor';
import { chooseVariant, parseHlsPlaylist } from './hls.playlist';
import type { ByteRange, HlsPlaylist, HlsSegment } from './hls.playlist';
import { openSource } from './source.opener';
import { SourceError } from './source.reader';
import type { ReaderSink, SourceReader } from './source.reader';

const PLAYLIST_BYTES_MAX = 4 * 1024 * 1024;
const MASTERS_MAX = 3;
const RELOAD_MIN_MS = 200;
/** Single segments vanish at the edge of a live window; several in a row mean a broken source. */
const FAILURES_MAX = 3;
/** How many segments may be late before silence counts as a stall. */
const SILENCE_SEGMENTS = 3;

/** Follows an HLS playlist: downloads each segment once, in order, and drops it. */
export class HlsReader implements SourceReader {
  readonly kind = 'hls';
  private readonly cursor = new HlsCursor();
  private initialization: string | undefined;
  private failures = 0;

  constructor(
    private url: URL,
    private text: string | undefined,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    for (;;) {
      const askedAtMs = performance.now();
      const playlist = await this.loadMedia(signal);
      sink.onPiecesEvery(playlist.targetDurationMs * SILENCE_SEGMENTS);
      const step = this.cursor.advance(playlist);
      if (step.gap !== undefined) sink.onGap(step.gap);
      for (const segment of step.segments) {
        const fetchedAtMs = performance.now();
        await this.fetchSegment(segment, sink, signal);
        if (playlist.isEnded) await pace(segment.durationMs, fetchedAtMs, signal);
      }
      if (playlist.isEnded) return;
      await pace(Math.max(RELOAD_MIN_MS, step.reloadAfterMs), askedAtMs, signal);
    }
  }

  private async loadMedia(signal: AbortSignal): Promise<Extract<HlsPlaylist, { kind: 'media' }>> {
    for (let masters = 0; masters < MASTERS_MAX; masters += 1) {
      const playlist = parseHlsPlaylist(await this.loadText(signal), this.url);
      if (playlist.kind === 'media') return playlist;
      this.url = chooseVariant(playlist.variants).url;
    }
    throw new SourceError('master playlists that lead to each other');
  }

  /** The first playlist was loaded already, to find out what the source is. */
  private async loadText(signal: AbortSignal): Promise<string> {
    const { text } = this;
    this.text = undefined;
    if (text !== undefined) return text;
    const opened = await openSource(this.url, { headers: this.headers, signal });
    this.url = opened.url;
    return readText(opened.response, PLAYLIST_BYTES_MAX);
  }

  private async fetchSegment(
    segment: HlsSegment,
    sink: ReaderSink,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.fetchInitialization(segment, sink, signal);
      const bytes = await this.fetchPiece(segment, sink, signal);
      sink.onMedia(bytes, segment.durationMs);
      this.failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      this.failures += 1;
      if (this.failures >= FAILURES_MAX) throw error;
      sink.onGap('a segment could not be had');
      return;
    }
    if (segment.isDiscontinuity) sink.onGap('a discontinuity');
    if (segment.title !== undefined) sink.onTitle(segment.title);
  }

  private async fetchInitialization(
    { initialization }: HlsSegment,
    sink: ReaderSink,
    signal: AbortSignal,
  ): Promise<void> {
    if (initialization === undefined) return;
    const key = `${initialization.url.href} ${initialization.range?.offset ?? ''}`;
    if (key === this.initialization) return;
    await this.fetchPiece(initialization, sink, signal);
    this.initialization = key;
  }

  private async fetchPiece(
    piece: { readonly url: URL; readonly range: ByteRange | undefined },
    sink: ReaderSink,
    signal: AbortSignal,
  ): Promise<number> {
    const headers = { ...this.headers, ...rangeHeader(piece.range) };
    const { response } = await openSource(piece.url, { headers, signal });
    let bytes = 0;
    await drainBody(response, (chunk) => {
      bytes += chunk.length;
      sink.onData(chunk.length);
    });
    return bytes;
  }
}

function rangeHeader(range: ByteRange | undefined): Record<string, string> {
  if (range === undefined) return {};
  return { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
}

/** Waits for what is left of a duration since a moment. */
async function pace(durationMs: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = durationMs - (performance.now() - sinceMs);
  if (leftMs > 0) await sleep(leftMs, undefined, { signal });
}

import { readText } from './body.reader';
import { HlsReader } from './hls.reader';
import { findIcyInterval, IcyReader } from './icy.reader';
import { PlainReader } from './plain.reader';
import { openSource, parseSourceUrl } from './source.opener';
import type { OpenedSource } from './source.opener';
import { SourceError } from './source.reader';
import type { SourceReader } from './source.reader';

const PLAYLIST_BYTES_MAX = 4 * 1024 * 1024;
/** A playlist may name a playlist, but not for ever. */
const POINTERS_MAX = 3;

const PLAYLIST_TYPES = new Set([
  'application/vnd.apple.mpegurl',
  'application/x-mpegurl',
  'application/mpegurl',
  'audio/mpegurl',
  'audio/x-mpegurl',
  'audio/x-scpls',
  'audio/scpls',
]);
const PLAYLIST_PATH = /\.(m3u8?|pls)$/i;
/** Types of servers that do not know better; only then the path counts. */
const VAGUE_TYPES = new Set(['', 'text/plain', 'application/octet-stream', 'binary/octet-stream']);

export interface SelectOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Opens a source and chooses how to read it, by what the answer says it is. A playlist that only
 * names another source (M3U, PLS) is followed.
 * @throws SourceError
 */
export async function openReader(source: string, options: SelectOptions): Promise<SourceReader> {
  let url = parseSourceUrl(source);
  for (let pointers = 0; pointers < POINTERS_MAX; pointers += 1) {
    const opened = await openSource(url, options);
    if (!isPlaylist(opened)) return chooseBodyReader(opened);
    const text = await readText(opened.response, PLAYLIST_BYTES_MAX);
    if (text.includes('#EXT-X-')) return new HlsReader(opened.url, text, options.headers);
    url = parsePointer(text, opened.url);
  }
  throw new SourceError('playlists that lead to each other');
}

function chooseBodyReader(opened: OpenedSource): SourceReader {
  const intervalBytes = findIcyInterval(opened);
  return intervalBytes === undefined
    ? new PlainReader(opened)
    : new IcyReader(opened, intervalBytes);
}

function isPlaylist({ response, url }: OpenedSource): boolean {
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (PLAYLIST_TYPES.has(type)) return true;
  return VAGUE_TYPES.has(type) && PLAYLIST_PATH.test(url.pathname);
}

/** The first address that an M3U (plain lines) or a PLS (`File1=`) names. */
export function parsePointer(text: string, base: URL): URL {
  for (const line of text.split(/\r?\n/)) {
    const entry = /^File\d+=(.+)$/i.exec(line.trim())?.[1] ?? line.trim();
    const isComment = entry === '' || entry.startsWith('#') || entry.startsWith('[');
    const isSetting = /^(NumberOfEntries|Title\d+|Length\d+|Version)=/i.test(entry);
    if (!isComment && !isSetting && URL.canParse(entry, base.href)) {
      return parseSourceUrl(new URL(entry, base).href);
    }
  }
  throw new SourceError('a playlist that names nothing');
}

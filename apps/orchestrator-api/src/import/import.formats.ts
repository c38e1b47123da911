import { readCsv } from './csv.reader';
import type { ImportReader } from './import.record';
import { readM3u } from './m3u.reader';
import { readNdjson } from './ndjson.reader';

/** How each content type is read; the first of a format is the one that is documented. */
const READERS: Readonly<Record<string, ImportReader>> = {
  'application/x-ndjson': readNdjson,
  'application/ndjson': readNdjson,
  'application/jsonl': readNdjson,
  'text/csv': readCsv,
  'audio/x-mpegurl': readM3u,
  'audio/mpegurl': readM3u,
  'application/vnd.apple.mpegurl': readM3u,
  'application/x-mpegurl': readM3u,
};

export const IMPORT_CONTENT_TYPES = Object.keys(READERS);

/** The reader for a Content-Type header, or undefined. */
export function findReader(contentType: string | undefined): ImportReader | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(READERS, mediaType) ? READERS[mediaType] : undefined;
}

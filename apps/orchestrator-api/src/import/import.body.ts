import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DomainError, PROTOCOL_LIMITS } from '@weir/domain';
import type { HttpRequest, HttpServer } from '../http/fastify.types';
import { IMPORT_CONTENT_TYPES } from './import.formats';

/** The path of the call; `::` is a colon to the router. */
export const IMPORT_PATH = 'streams::import';

/** Lets bodies of the import formats through unread, to the import call and to no other. */
export function takeImportBodies(server: HttpServer): void {
  server.addContentTypeParser(IMPORT_CONTENT_TYPES, (request, payload, done) => {
    if (request.routeOptions.url?.endsWith(IMPORT_PATH)) done(null, payload);
    else done(new DomainError('MEDIA_TYPE_UNSUPPORTED', 'send the body as application/json'));
  });
}

/**
 * How long the rest of a refused body is read, so that its sender gets to read the answer. In ms.
 */
const DISCARD_MOST_MS = 10_000;

/**
 * The bytes of an import, one chunk at a time.
 * @throws DomainError MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE (at once when the length is announced,
 * else when the limit is passed)
 */
export function openBody(request: HttpRequest): AsyncIterable<Buffer> {
  if (!(request.body instanceof Readable)) {
    throw new DomainError(
      'MEDIA_TYPE_UNSUPPORTED',
      'send application/x-ndjson, text/csv, audio/x-mpegurl or application/vnd.apple.mpegurl',
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > PROTOCOL_LIMITS.importBodyBytes) {
    throw tooLarge();
  }
  return limitBytes(request.body);
}

/**
 * What is left when the reading ends early is thrown away: the connection serves other requests.
 */
async function* limitBytes(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > PROTOCOL_LIMITS.importBodyBytes) throw tooLarge();
      yield chunk as Buffer;
    }
  } finally {
    if (!body.readableEnded && !body.destroyed) await discard(body);
  }
}

/** Reads the rest of a body for nothing; one without end is cut off. */
async function discard(body: Readable): Promise<void> {
  const timer = setTimeout(() => body.destroy(), DISCARD_MOST_MS);
  await finished(body.resume(), { writable: false }).catch(() => undefined);
  clearTimeout(timer);
}

function tooLarge(): DomainError {
  const limit = PROTOCOL_LIMITS.importBodyBytes / 1024 / 1024;
  return new DomainError(
    'BODY_TOO_LARGE',
    `an import holds at most ${limit} MiB: send it in parts; what was read before is imported`,
  );
}

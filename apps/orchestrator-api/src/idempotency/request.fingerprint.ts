import { createHash } from 'node:crypto';
import type { HttpRequest } from '../http/fastify.types';

/** 32 bytes that are the same for the same method, address and body. */
export function fingerprintRequest(request: HttpRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest();
}

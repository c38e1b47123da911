import { request } from 'node:http';
import { Readable } from 'node:stream';
import type { TestFleet } from '../operator/operator.test-support';

/** A body cut into pieces of `size` bytes. */
export function chunksOf(body: Buffer, size: number): Buffer[] {
  const count = Math.ceil(body.length / size);
  return Array.from({ length: count }, (_, i) => body.subarray(i * size, (i + 1) * size));
}

/** Sends a body piece by piece; without a length it is chunked. */
export function sendChunks(
  fleet: TestFleet,
  type: string,
  chunks: readonly Buffer[],
  announcedLength?: number,
): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(`${fleet.api.url}${fleet.path}/streams:import`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${fleet.api.keys.operator}`,
        'content-type': type,
        ...(announcedLength !== undefined && { 'content-length': announcedLength }),
      },
    });
    call.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(parts).toString()) });
        call.destroy();
      });
    });
    call.on('error', reject);
    if (announcedLength === undefined) Readable.from(chunks).pipe(call);
    else for (const chunk of chunks) call.write(chunk);
  });
}

import type { IncomingMessage } from 'node:http';
import { SourceError } from './source.reader';

/**
 * Reads a body to its end, handing over each chunk and keeping none.
 * @throws when it breaks off. Of a body without a length, Node.js calls a reset connection a
 * regular end, so the socket is asked, too.
 */
export async function drainBody(
  response: IncomingMessage,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  if (response.destroyed) throw new SourceError('the connection broke off');
  const { socket } = response;
  let broken: Error | undefined;
  const onSocketError = (error: Error) => (broken = error);
  socket.once('error', onSocketError);
  try {
    await untilEnd(response, onChunk);
  } finally {
    socket.off('error', onSocketError);
  }
  if (broken !== undefined) throw broken;
}

function untilEnd(response: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', onChunk);
    response.once('end', resolve);
    response.once('error', reject);
    response.once('close', () => {
      if (response.complete) resolve();
      else reject(new SourceError('the connection broke off'));
    });
  });
}

/** Reads a body as text. @throws SourceError when it is longer than `bytesMax`. */
export async function readText(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await drainBody(response, (chunk) => {
    bytes += chunk.length;
    if (bytes > bytesMax) response.destroy(new SourceError(`longer than ${bytesMax} bytes`));
    else chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString('utf8');
}

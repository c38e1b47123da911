import type { ServerResponse } from 'node:http';

/** Sends a whole answer with status 200. */
export function send(response: ServerResponse, type: string, body: Buffer | string): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache',
  });
  response.end(body);
}

/** Sends one line of text with any status. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

#!/usr/bin/env node
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EpochRegister } from './register';
import type { SinkAnswer, SinkBatch } from './sink.protocol';

/** More than any instance sends at once. */
const BODY_BYTES_MAX = 4_194_304;

const port = Number(process.env['CHAOS_SINK_PORT']);
const logFile = process.env['CHAOS_SINK_LOG'] ?? '';
const log = openSync(logFile, 'a', 0o640);
const register = new EpochRegister();

/** Decides, keeps, and only then answers: what was answered is in the log. */
function onWrites(batch: SinkBatch): SinkAnswer {
  const entries = register.take(batch, process.hrtime.bigint());
  if (entries.length > 0) {
    writeSync(log, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }
  const refused = entries.filter((entry) => !entry.isAccepted);
  return { refused: refused.map(({ streamId, epoch }) => `${streamId}:${epoch}`) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function handle(request: IncomingMessage): Promise<object> {
  if (request.method === 'GET') return register.list();
  return onWrites(JSON.parse(await readBody(request)) as SinkBatch);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  handle(request).then(
    (body) => answer(response, 200, body),
    (error: Error) => answer(response, 400, { error: error.message }),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () => {
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));

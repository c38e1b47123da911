import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReaderSink } from './source.reader';

/** A real HTTP server for what no decent source does: each path is answered as the test says. */
export class OddSource {
  readonly requests: { path: string; headers: IncomingMessage['headers'] }[] = [];
  private readonly answers = new Map<string, RequestListener>();
  private readonly server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    this.requests.push({ path, headers: request.headers });
    const answer = this.answers.get(path);
    if (answer) answer(request, response);
    else send(response, 404, 'nothing here');
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  on(path: string, answer: RequestListener): string {
    this.answers.set(path, answer);
    return this.url + path;
  }

  /** A body with its type, at once. */
  serve(path: string, type: string, body: string | Buffer): string {
    return this.on(path, (_request, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    });
  }

  redirect(path: string, location: string, status = 302): string {
    return this.on(path, (_request, response) => {
      response.writeHead(status, { location });
      response.end();
    });
  }

  countOf(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(body);
}

/** Keeps everything that a reader tells. */
export class RecordingSink implements ReaderSink {
  bytes = 0;
  readonly media: { bytes: number; durationMs: number }[] = [];
  readonly titles: string[] = [];
  readonly gaps: string[] = [];
  piecesEveryMs = 0;

  onData(bytes: number): void {
    this.bytes += bytes;
  }
  onMedia(bytes: number, durationMs: number): void {
    this.media.push({ bytes, durationMs });
  }
  onTitle(title: string): void {
    this.titles.push(title);
  }
  onPiecesEvery(intervalMs: number): void {
    this.piecesEveryMs = intervalMs;
  }
  onGap(reason: string): void {
    this.gaps.push(reason);
  }
}

/** Resolves when the condition holds. @throws after the limit, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

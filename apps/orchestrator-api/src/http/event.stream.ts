import type { HttpReply, HttpRequest } from './fastify.types';

/** A client that has this much unread is too slow: it is cut off and asks again. */
const UNREAD_MAX_BYTES = 1024 * 1024;

/** Told to clients as the time to wait before connecting again. In ms. */
const RETRY_MS = 1_000;

/** One open answer of server-sent events. */
export class EventStream {
  private closed = false;
  private readonly onClosed: (() => void)[] = [];

  private constructor(private readonly raw: HttpReply['raw']) {
    raw.on('close', () => this.finish());
    raw.on('error', () => this.finish());
  }

  /** Takes the connection over; headers that hooks have set, such as the request id, are kept. */
  static open(request: HttpRequest, reply: HttpReply): EventStream {
    reply.hijack();
    const { raw } = reply;
    const stream = new EventStream(raw);
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Nothing comes after the last event, and a stopping replica need not wait for the client.
      connection: 'close',
    });
    request.raw.socket.setKeepAlive(true, 10_000);
    raw.write(`retry: ${RETRY_MS}\n\n`);
    return stream;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** What was sent and has not left this process yet. */
  get unreadBytes(): number {
    return this.raw.writableLength;
  }

  /** Called once when either side has closed; at once when that has happened already. */
  whenClosed(callback: () => void): void {
    if (this.closed) callback();
    else this.onClosed.push(callback);
  }

  /** Sends an event; `data` is written as JSON. */
  send(event: string, data: unknown, id?: string): void {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A line that clients ignore and that keeps the connection, and whatever is between, awake. */
  comment(): void {
    this.write(':\n\n');
  }

  /** Ends the answer after what was sent. */
  end(): void {
    if (this.closed) return;
    this.raw.end();
    this.finish();
  }

  private write(text: string): void {
    if (this.closed) return;
    // Asked before writing: one event may be of any size, and who reads nothing gets no second.
    if (this.raw.writableLength > UNREAD_MAX_BYTES) {
      this.raw.destroy();
      this.finish();
      return;
    }
    this.raw.write(text);
  }

  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    for (const callback of this.onClosed.splice(0)) callback();
  }
}

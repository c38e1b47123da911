import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { StreamContext, StreamHandler } from '@weir/worker-client';
import type { HandlerTimes } from './host.order';

const PATH = /^\/streams\/(\d+)$/;

/**
 * "Runs" streams: it remembers which ones, and answers for them over HTTP while it may act on them.
 * `GET /streams/{streamId}` is 200 for a stream that runs here and 404 for any other.
 */
export class StreamDesk implements StreamHandler {
  private readonly running = new Map<string, StreamContext>();
  private readonly warm = new Set<string>();
  private readonly server: Server;

  constructor(private readonly times: HandlerTimes) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** @returns the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async prepare(_assignment: unknown, { streamId }: StreamContext): Promise<void> {
    await this.pause(this.times.warmUpMs);
    this.warm.add(streamId);
  }

  async start(_assignment: unknown, context: StreamContext): Promise<void> {
    const { streamId } = context;
    if (!this.warm.delete(streamId)) await this.pause(this.times.warmUpMs);
    this.running.set(streamId, context);
  }

  async stop(streamId: string, epoch: number): Promise<void> {
    if (this.running.get(streamId)?.epoch === epoch) this.running.delete(streamId);
    this.warm.delete(streamId);
    await this.pause(this.times.stopMs);
  }

  private async pause(durationMs: number): Promise<void> {
    if (durationMs > 0) await wait(durationMs);
  }

  private answer({ url }: IncomingMessage, response: ServerResponse): void {
    const context = this.running.get(PATH.exec(url ?? '')?.[1] ?? '');
    response.writeHead(context?.isAllowed() ? 200 : 404).end();
  }
}

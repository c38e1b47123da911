import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assignment } from '@weir/domain';

/** A control plane of one instance and one stream, just enough to join, run, drain and leave. */
export class SmallControlPlane {
  readonly calls: { name: string; body: Record<string, unknown> }[] = [];
  private revision = 1;
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body && JSON.stringify(body));
    });
  });

  constructor(private assignment: Assignment) {}

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): Record<string, unknown>[] {
    return this.calls.filter((call) => call.name === name).map(({ body }) => body);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body?: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = (request.url ?? '').split('?')[0] ?? '';
    const last = path.split('/').at(-1) ?? '';
    const name = request.method === 'DELETE' ? 'leave' : last;
    this.calls.push({ name, body: text === '' ? {} : (JSON.parse(text) as object as never) });
    return this.respond(name);
  }

  private respond(name: string): { status: number; body?: object } {
    const agreed = { leaseTtlMs: 15_000, heartbeatIntervalMs: 200, revision: this.revision };
    const changes = [this.assignment];
    switch (name) {
      case 'instances':
        return { status: 201, body: { ...agreed, incarnation: 1, assignments: changes } };
      case 'heartbeat':
        return { status: 200, body: { ...agreed, status: 'ready', changes } };
      case 'drain':
        this.revision += 1;
        this.assignment = { ...this.assignment, desired: 'stop' };
        return { status: 200, body: {} };
      case 'acks':
        return { status: 200, body: { results: [] } };
      case 'leave':
        return { status: 204 };
      default:
        return { status: 503 };
    }
  }
}

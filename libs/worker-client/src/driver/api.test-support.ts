import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assignment, HeartbeatRequest, RegisterRequest } from '@weir/domain';
import { assignment } from '../machine/machine.test-support';

export interface SeenCall {
  readonly name: string;
  readonly body: Record<string, unknown>;
  readonly atMs: number;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

/** Does with an answer what no API should. */
export type Misbehaviour = (response: ServerResponse) => void;

export type Script = (call: SeenCall) => ScriptedAnswer | Misbehaviour | 'hang' | 'default';

/**
 * Speaks the instance part of the protocol over real HTTP, for one instance: answers as the API
 * would from what the test says is assigned, unless the test scripts another answer.
 */
export class ProtocolServer {
  readonly calls: SeenCall[] = [];
  leaseTtlMs = 3_000;
  heartbeatIntervalMs = 60;
  revision = 1;
  incarnation = 0;
  status = 'ready';
  isReady = true;
  /** Assignments by stream, each with the revision of its last change. */
  readonly assigned = new Map<string, { value: Assignment; revision: number }>();
  script: Script = () => 'default';
  private readonly watches = new Set<ServerResponse>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Changes what is assigned and pushes it to watchers. */
  assign(streamId: string, epoch: number, more: Partial<Assignment> = {}): void {
    this.revision += 1;
    const value = assignment(streamId, epoch, more);
    this.assigned.set(streamId, { value, revision: this.revision });
    const data = JSON.stringify({ revision: this.revision, changes: [value] });
    for (const watch of this.watches) watch.write(`event: changes\ndata: ${data}\n\n`);
  }

  named(name: string): SeenCall[] {
    return this.calls.filter((call) => call.name === name);
  }

  get watcherCount(): number {
    return this.watches.size;
  }

  cutWatches(): void {
    for (const watch of this.watches) watch.destroy();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const call = { name: nameOf(request), body, atMs: performance.now() };
    this.calls.push(call);
    if (call.name === 'readiness') {
      return send(response, { status: this.isReady ? 200 : 503, body: { status: 'ok' } });
    }
    if (request.headers.authorization !== 'Bearer the-key') return send(response, problem(401));
    const answer = this.script(call);
    if (answer === 'hang') return;
    if (typeof answer === 'function') return answer(response);
    if (answer !== 'default') return send(response, answer);
    if (call.name === 'watch') return this.watch(response);
    send(response, this.answer(call));
  }

  private answer({ name, body }: SeenCall): ScriptedAnswer {
    switch (name) {
      case 'register':
        return this.register(body as unknown as RegisterRequest);
      case 'heartbeat':
        return this.heartbeat(body as unknown as HeartbeatRequest);
      case 'acks':
        return this.acks(body['acks'] as { streamId: string; state: string }[]);
      case 'running':
        return { status: 200, body: { start: [], stop: [], revision: this.revision } };
      case 'drain':
        return { status: 200, body: {} };
      case 'leave':
        return { status: 204 };
      default:
        return { status: 404, body: { code: 'NOT_FOUND' } };
    }
  }

  private register({ serverId }: RegisterRequest): ScriptedAnswer {
    this.incarnation += 1;
    const { leaseTtlMs, heartbeatIntervalMs, revision, incarnation } = this;
    const assignments = [...this.assigned.values()].map(({ value }) => value);
    const agreed = { leaseTtlMs, heartbeatIntervalMs, revision };
    return { status: 201, body: { serverId, incarnation, ...agreed, assignments } };
  }

  private heartbeat(beat: HeartbeatRequest): ScriptedAnswer {
    if (beat.incarnation !== this.incarnation) return problem(409, 'INCARNATION_FENCED');
    const changes = [...this.assigned.values()]
      .filter(({ revision }) => revision > beat.seenRevision)
      .map(({ value }) => value);
    const { leaseTtlMs, heartbeatIntervalMs, revision, status } = this;
    return { status: 200, body: { leaseTtlMs, heartbeatIntervalMs, revision, status, changes } };
  }

  private acks(acks: readonly { streamId: string; state: string }[]): ScriptedAnswer {
    for (const { streamId, state } of acks) {
      if (state === 'stopped' || state === 'failed') this.assigned.delete(streamId);
    }
    return {
      status: 200,
      body: { results: acks.map(({ streamId }) => ({ streamId, accepted: true })) },
    };
  }

  private watch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': watching\n\n');
    this.watches.add(response);
    response.on('close', () => this.watches.delete(response));
  }
}

export function problem(status: number, code = 'KEY_INVALID'): ScriptedAnswer {
  return { status, body: { code, detail: `answered ${status}` } };
}

function nameOf(request: IncomingMessage): string {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === '/health/readiness') return 'readiness';
  const rest = path.split('/').slice(4);
  if (rest.length === 1) return 'register';
  if (rest.length === 2) return request.method === 'DELETE' ? 'leave' : 'instance';
  return rest[2] ?? '';
}

function send(response: ServerResponse, { status, body, headers }: ScriptedAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body && JSON.stringify(body));
}

/** Resolves when the condition holds. @throws after 5 s, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean,
  limitMs = 5_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portTaken } from '@weir/embedded';
import { DEFAULT_FLEET, DEFAULT_STACK_OPTIONS, Stack } from '@weir/start';
import type { StackOptions } from '@weir/start';

/** Another checkout's built services can be measured with this checkout's benchmarks. */
const ROOT = process.env['WEIR_BENCH_ROOT'] ?? join(__dirname, '..', '..', '..');
const PORT_SPAN = 40;

/** A stack in a folder of its own, durable as in production. */
export class BenchStack {
  private constructor(
    readonly stack: Stack,
    private readonly home: string,
  ) {}

  static async start(options: Partial<StackOptions>): Promise<BenchStack> {
    const home = mkdtempSync(join(tmpdir(), 'weir-bench-'));
    const stack = new Stack(
      { ...DEFAULT_STACK_OPTIONS, root: ROOT, home, basePort: await findBasePort(), ...options },
      () => undefined,
    );
    try {
      await stack.start();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return new BenchStack(stack, home);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /**
   * One call of the API about a fleet, the default one unless named.
   * @throws Error for an answer that is not 2xx.
   */
  async call<T>(
    path: string,
    request: { method?: string; type?: string; body?: string; fleet?: string } = {},
  ): Promise<T> {
    const keys = this.stack.home.keys();
    const isInstanceCall = path === '/instances' && request.method === 'POST';
    const fleet = request.fleet ?? DEFAULT_FLEET;
    const response = await fetch(`${this.stack.apiUrl}/v1/fleets/${fleet}${path}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: `Bearer ${isInstanceCall ? keys.instance : keys.operator}`,
        ...(request.body !== undefined && { 'content-type': request.type ?? 'application/json' }),
      },
      ...(request.body !== undefined && { body: request.body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /**
   * Registers instances `bench-0` .. `bench-(count - 1)`, 50 at a time. @returns the newest
   * revision.
   */
  async registerInstances(countOf: number, maxStreams: number): Promise<number> {
    let revision = 0;
    const register = async (index: number): Promise<void> => {
      const answer = await this.call<{ revision: number }>('/instances', {
        method: 'POST',
        body: JSON.stringify({
          serverId: `bench-${index}`,
          host: '127.0.0.1',
          port: 1,
          maxStreams,
        }),
      });
      revision = Math.max(revision, answer.revision);
    };
    for (let from = 0; from < countOf; from += 50) {
      const batch = Array.from({ length: Math.min(50, countOf - from) }, (_unused, i) => from + i);
      await Promise.all(batch.map(register));
    }
    return revision;
  }
}

async function findBasePort(): Promise<number> {
  for (let base = 31_000; ; base += PORT_SPAN) {
    const ports = Array.from({ length: PORT_SPAN }, (_unused, index) => base + index);
    const taken = await Promise.all(ports.map((port) => portTaken(port)));
    if (taken.every((isTaken) => !isTaken)) return base;
  }
}

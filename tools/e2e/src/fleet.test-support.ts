import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portTaken } from '@weir/embedded';
import { DEFAULT_FLEET, DEFAULT_STACK_OPTIONS, Stack } from '@weir/start';
import type { StackOptions } from '@weir/start';
import { readIntervals, until } from '@weir/testing';
import type { RunInterval } from '@weir/testing';

/** Ports that one stack takes, with room for workers that are added. */
const PORT_SPAN = 40;
const ROOT = join(__dirname, '..', '..', '..');

export interface AssignmentItem {
  readonly streamId: string;
  readonly streamName: string;
  readonly serverId: string | null;
  readonly status: string;
  readonly unplacedReasons: Readonly<Record<string, number>> | null;
}

export interface EventItem {
  readonly at: string;
  readonly kind: string;
  readonly serverId: string | null;
  readonly message: string;
}

/** The whole of Weir as real processes in a folder of its own, with what a test asks of it. */
export class RealFleet {
  readonly kills = new Map<string, bigint[]>();

  private constructor(
    readonly stack: Stack,
    private readonly home: string,
    private readonly news: string[],
  ) {}

  static async start(options: Partial<StackOptions>): Promise<RealFleet> {
    const home = mkdtempSync(join(tmpdir(), 'weir-e2e-'));
    const news: string[] = [];
    const stack = new Stack(
      {
        ...DEFAULT_STACK_OPTIONS,
        root: ROOT,
        home,
        basePort: await findBasePort(),
        isDurable: false,
        ...options,
      },
      ({ name, state, detail }) => news.push(`${name} ${state} ${detail}`),
    );
    const fleet = new RealFleet(stack, home, news);
    try {
      await stack.start();
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** What happened to the parts so far, for a failure's message. */
  get history(): string {
    return this.news.join('\n');
  }

  /** kill -9, noting the machine's monotonic clock just before. */
  async kill(name: string): Promise<bigint> {
    const at = process.hrtime.bigint();
    this.kills.set(name, [...(this.kills.get(name) ?? []), at]);
    await this.stack.running(name).kill('SIGKILL');
    return at;
  }

  async call<T>(path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
    const response = await fetch(`${this.stack.apiUrl}/v1/fleets/${DEFAULT_FLEET}${path}`, {
      method: init.method ?? 'GET',
      headers: {
        authorization: `Bearer ${this.stack.home.keys().operator}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async assignments(): Promise<AssignmentItem[]> {
    return (await this.call<{ items: AssignmentItem[] }>('/assignments?limit=1000')).items;
  }

  async events(query = ''): Promise<EventItem[]> {
    return (await this.call<{ items: EventItem[] }>(`/events?limit=1000${query}`)).items;
  }

  /** What happened to a stream, one line per event, for a failure's message. */
  async historyOf(streamId: string): Promise<string> {
    const lines = (await this.events(`&streamId=${streamId}`)).map(
      ({ at, kind, serverId, message }) => `${at} ${kind} ${serverId} ${message}`,
    );
    return [`stream ${streamId}:`, ...lines].join('\n  ');
  }

  /** Waits until every stream runs on an instance that is not among `gone`. */
  untilAllRun(gone: readonly string[] = [], timeoutMs = 30_000): Promise<unknown> {
    return until(
      `all streams run elsewhere than on ${gone.join(', ') || 'nobody'}`,
      async () => {
        const items = await this.assignments().catch(() => []);
        const isGood = (item: AssignmentItem): boolean =>
          item.status === 'running' && !gone.includes(item.serverId ?? '');
        return items.length > 0 && items.every(isGood);
      },
      timeoutMs,
    );
  }

  /** What all instances say they ran, from their own journals. */
  intervals(serverIds: readonly string[]): RunInterval[] {
    return serverIds.flatMap((serverId) =>
      readIntervals({
        serverId,
        path: this.stack.home.journalOf(serverId),
        killedNs: this.kills.get(serverId) ?? [],
      }),
    );
  }
}

async function findBasePort(): Promise<number> {
  for (let base = 21_000 + (process.pid % 200) * 50; ; base += PORT_SPAN) {
    const ports = Array.from({ length: PORT_SPAN }, (_unused, index) => base + index);
    const taken = await Promise.all(ports.map((port) => portTaken(port)));
    if (taken.every((isTaken) => !isTaken)) return base;
  }
}

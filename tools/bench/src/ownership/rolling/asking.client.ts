import { Agent, get } from 'node:http';
import type { BenchStack } from '../../bench.stack';
import { monotonicMs } from '../fleet/database.clock';
import { EventFollower } from './event.follower';
import { OwnerTable } from './owner.table';
import { tallyProbes } from './probe.tally';
import type { ProbeFigures, ProbeOutcome } from './probe.tally';

/** An owner that does not answer within this time does not answer. In ms. */
const ANSWER_TIMEOUT_MS = 1_000;
const PAGE = 1_000;

interface Owned {
  readonly streamId: string;
  readonly serverId: string | null;
}

interface Reachable {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * A client of streams: it knows the owners from the API's lists, keeps up by the fleet's events,
 * and asks a random stream's owner again and again. When the answer is wrong it looks that one
 * owner up and asks once more.
 */
export class AskingClient {
  private readonly table = new OwnerTable();
  private readonly outcomes: ProbeOutcome[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly follower: EventFollower;
  private readonly underWay = new Set<Promise<void>>();
  private readonly answersMs: number[] = [];
  private streamIds: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bench: BenchStack,
    private readonly fleet: string,
  ) {
    const { apiUrl, home } = bench.stack;
    const url = `${apiUrl}/v1/fleets/${fleet}/events/watch`;
    this.follower = new EventFollower(url, home.keys().viewer, (news) => {
      const serverId = this.table.learn(news);
      if (serverId !== undefined) this.follow(this.lookUpAddress(serverId));
    });
  }

  get figures(): ProbeFigures {
    return tallyProbes(this.outcomes);
  }

  /** How long right answers at the first attempt took, in ms. */
  get rightAnswersMs(): readonly number[] {
    return this.answersMs;
  }

  /** Asks every `everyMs`, whether or not the questions before are answered. */
  async start(everyMs: number): Promise<void> {
    await this.follower.start();
    for (const { serverId, host, port } of await this.list<Reachable>('/instances')) {
      this.table.setAddress(serverId, `http://${host}:${port}`);
    }
    const owned = await this.list<Owned>('/assignments');
    for (const { streamId, serverId } of owned) this.table.setOwner(streamId, serverId);
    this.streamIds = owned.map(({ streamId }) => streamId);
    const startedAtMs = monotonicMs();
    let asked = 0;
    const next = (): void => {
      for (; startedAtMs + asked * everyMs <= monotonicMs(); asked += 1) this.follow(this.ask());
      this.timer = setTimeout(next, startedAtMs + asked * everyMs - monotonicMs());
    };
    next();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.follower.stop();
    await Promise.allSettled(this.underWay);
    this.agent.destroy();
  }

  private async ask(): Promise<void> {
    const streamId = this.streamIds[Math.floor(Math.random() * this.streamIds.length)];
    if (streamId === undefined) return;
    const atMs = monotonicMs();
    const isFirstRight = await this.askOwner(streamId);
    if (isFirstRight) this.answersMs.push(monotonicMs() - atMs);
    const isSecondRight = !isFirstRight && (await this.askAgain(streamId));
    this.outcomes.push({ streamId, atMs, isFirstRight, isSecondRight });
  }

  private async askAgain(streamId: string): Promise<boolean> {
    try {
      await this.lookUpOwner(streamId);
    } catch {
      return false;
    }
    return this.askOwner(streamId);
  }

  private askOwner(streamId: string): Promise<boolean> {
    const address = this.table.findAddress(streamId);
    if (address === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const request = get(`${address}/streams/${streamId}`, { agent: this.agent }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.setTimeout(ANSWER_TIMEOUT_MS, () => request.destroy());
      request.once('error', () => resolve(false));
      request.once('close', () => resolve(false));
    });
  }

  private async lookUpOwner(streamId: string): Promise<void> {
    const page = await this.call<Page<Owned>>(
      `/assignments?after=${BigInt(streamId) - 1n}&limit=1`,
    );
    const serverId = page.items[0]?.streamId === streamId ? page.items[0].serverId : null;
    this.table.setOwner(streamId, serverId);
    if (serverId !== null) await this.lookUpAddress(serverId);
  }

  private async lookUpAddress(serverId: string): Promise<void> {
    const { host, port } = await this.call<Reachable>(`/instances/${serverId}`);
    this.table.setAddress(serverId, `http://${host}:${port}`);
  }

  private async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let after = '';
    for (;;) {
      const page = await this.call<Page<T>>(`${path}?limit=${PAGE}${after}`);
      items.push(...page.items);
      if (page.next === null) return items;
      after = `&after=${page.next}`;
    }
  }

  private call<T>(path: string): Promise<T> {
    return this.bench.call<T>(path, { fleet: this.fleet });
  }

  private follow(work: Promise<void>): void {
    const followed = work.catch(() => undefined).finally(() => this.underWay.delete(followed));
    this.underWay.add(followed);
  }
}

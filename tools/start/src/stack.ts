import { Home } from './home';
import { HomeLock } from './home.lock';
import { ensureDemoFleet, importStreams } from './fleet.setup';
import { TIERS } from './part';
import type { Part, PartNews, PartState, RunningPart } from './part';
import { FINISHED } from './process.part';
import { assertPortsFree, planPorts } from './port.plan';
import type { PortPlan } from './port.plan';
import type { StackOptions } from './stack.options';
import { controlPlaneParts, fleetParts, workerPart } from './stack.parts';

/** Told of everything that happens to a part. */
export type PartObserver = (news: PartNews) => void;

interface Entry {
  readonly part: Part;
  running: RunningPart | undefined;
}

/** The whole of Weir on this machine: started tier by tier, stopped in reverse. */
export class Stack {
  readonly home: Home;
  readonly ports: PortPlan;
  private readonly lock: HomeLock;
  private readonly entries: Entry[] = [];
  private readonly onSpawn = (name: string, pid: number): void => this.lock.note(name, pid);

  constructor(
    private readonly options: StackOptions,
    private readonly observe: PartObserver,
  ) {
    this.home = new Home(options.home);
    this.lock = new HomeLock(options.home);
    this.ports = planPorts(options.basePort, options.workers);
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  /**
   * Starts everything.
   * @throws StartError saying which part failed, its last log lines and what to do. What had been
   * started is left running for `stop`.
   */
  async start(): Promise<void> {
    this.home.prepare();
    const leftovers = this.lock.take();
    if (leftovers.length > 0) this.observe(leftoverNews(leftovers));
    await assertPortsFree(this.ports);
    if (this.options.isFresh) await this.home.clear();
    this.home.prepare();
    const plan = this.plan();
    const key = this.home.keys().operator;
    await this.startTiers(controlPlaneParts(plan));
    const isNewFleet = await ensureDemoFleet(this.apiUrl, key, this.options.leaseTtlMs);
    await this.startTiers(fleetParts(plan));
    await importStreams(this.apiUrl, key, {
      isNewFleet,
      options: this.options,
      sourcesPort: this.ports.sources,
    });
  }

  /** Stops everything that runs, last started first. */
  async stop(): Promise<void> {
    for (const tier of [...TIERS].reverse()) {
      const entries = this.entries.filter((entry) => entry.part.tier === tier);
      await Promise.all(entries.map((entry) => this.stopEntry(entry)));
    }
    this.lock.release();
  }

  /** A part that was started, by name. @throws Error for a name that does not exist. */
  running(name: string): RunningPart {
    const running = this.entries.find((entry) => entry.part.name === name)?.running;
    if (!running) throw new Error(`${name} does not run`);
    return running;
  }

  /** True while something of it runs. */
  get isRunning(): boolean {
    return this.entries.some((entry) => entry.running !== undefined);
  }

  /** Process id of a part that runs; undefined when it does not. */
  pidOf(name: string): number | undefined {
    return this.entries.find((entry) => entry.part.name === name)?.running?.pid;
  }

  /** Starts a stopped or dead part again. */
  async restart(name: string): Promise<void> {
    const entry = this.entries.find((candidate) => candidate.part.name === name);
    if (!entry) throw new Error(`there is no part ${name}`);
    await this.startEntry(entry);
  }

  /** Starts one more stream-worker. */
  async addWorker(name: string, port: number): Promise<void> {
    const entry: Entry = { part: workerPart(this.plan(), name, port), running: undefined };
    this.entries.push(entry);
    await this.startEntry(entry);
  }

  private plan() {
    return { home: this.home, options: this.options, ports: this.ports, onSpawn: this.onSpawn };
  }

  private async startTiers(parts: readonly Part[]): Promise<void> {
    for (const tier of TIERS) {
      const entries = parts
        .filter((part) => part.tier === tier)
        .map((part): Entry => ({ part, running: undefined }));
      this.entries.push(...entries);
      const results = await Promise.allSettled(entries.map((entry) => this.startEntry(entry)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  private async startEntry(entry: Entry): Promise<void> {
    const startedAt = performance.now();
    const tell = (state: PartState, detail: string): void =>
      this.observe({
        name: entry.part.name,
        tier: entry.part.tier,
        state,
        durationMs: performance.now() - startedAt,
        detail,
      });
    tell('starting', '');
    try {
      const running = await entry.part.start((detail) => tell('starting', detail));
      entry.running = running === FINISHED ? undefined : running;
      tell('ready', running.summary);
      void running.died.then((end) => {
        if (entry.running === running) entry.running = undefined;
        tell('died', end);
      });
    } catch (error) {
      tell('failed', (error as Error).message);
      throw error;
    }
  }

  private async stopEntry(entry: Entry): Promise<void> {
    const { running, part } = entry;
    if (!running) return;
    entry.running = undefined;
    const startedAt = performance.now();
    const tell = (state: PartState): void =>
      this.observe({
        name: part.name,
        tier: part.tier,
        state,
        durationMs: performance.now() - startedAt,
        detail: '',
      });
    tell('stopping');
    await running.stop();
    tell('stopped');
  }
}

function leftoverNews(names: readonly string[]): PartNews {
  return {
    name: 'leftovers',
    tier: 'infrastructure',
    state: 'stopped',
    durationMs: 0,
    detail: `ended what an earlier start left running: ${names.join(', ')}`,
  };
}

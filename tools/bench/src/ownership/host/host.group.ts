import { HostProcess } from './host.process';
import type { HandlerTimes, HostOrder, InstanceOrder } from './host.order';
import type { BenchStack } from '../../bench.stack';

/** What the instances of a group have in common. */
export interface GroupOptions {
  readonly maxStreams: number;
  readonly handler: HandlerTimes;
}

/** A handler that takes no time: what is measured is then the control plane alone. */
export const INSTANT_HANDLER: HandlerTimes = { warmUpMs: 0, stopMs: 0 };

/** Host processes by number, and when they were killed. */
export class HostGroup {
  private readonly hosts = new Map<number, HostProcess>();
  private readonly orders = new Map<number, HostOrder>();
  private readonly killsNs = new Map<string, bigint[]>();

  constructor(
    private readonly bench: BenchStack,
    private readonly options: GroupOptions,
  ) {}

  /** Every host that was ever started, with its instances. */
  get instances(): readonly InstanceOrder[] {
    return [...this.orders.values()].flatMap(({ instances }) => instances);
  }

  instancesOf(host: number): readonly InstanceOrder[] {
    return this.orders.get(host)?.instances ?? [];
  }

  /** Starts a host with instances of these fleets and names; resolves when they are registered. */
  async start(host: number, instances: readonly Omit<InstanceOrder, 'journal'>[]): Promise<void> {
    const { stack } = this.bench;
    this.orders.set(host, {
      ...this.options,
      apiUrl: stack.apiUrl,
      key: stack.home.keys().instance,
      instances: instances.map((instance) => ({
        ...instance,
        journal: stack.home.journalOf(`${instance.fleet}--${instance.serverId}`),
      })),
    });
    await this.restart(host);
  }

  /** Starts a host anew, with the same instances. */
  async restart(host: number): Promise<void> {
    const order = this.orders.get(host);
    if (order === undefined) throw new Error(`there is no host ${host}`);
    const started = await HostProcess.start(order);
    this.hosts.set(host, started);
    started.whenDied(() => this.noteDeath(host));
  }

  /** kill -9 of these, as close together as can be. @returns when, by host, in the order given. */
  async kill(hosts: readonly number[]): Promise<bigint[]> {
    return Promise.all(
      hosts.map(async (host) => {
        const atNs = await this.running(host).kill();
        this.hosts.delete(host);
        this.noteKill(host, atNs);
        return atNs;
      }),
    );
  }

  /** Clean stop of one process. */
  async stop(host: number): Promise<void> {
    const running = this.running(host);
    this.hosts.delete(host);
    await running.stop();
  }

  /** Ends all that is left, at once: what is measured has been measured. */
  async killAll(): Promise<void> {
    await this.kill([...this.hosts.keys()]);
  }

  /** @throws Error for one that does not run. */
  running(host: number): HostProcess {
    const running = this.hosts.get(host);
    if (running === undefined) throw new Error(`host ${host} does not run`);
    return running;
  }

  /** A process that stalls past its lease ends itself: then the machine is too busy to measure. */
  private noteDeath(host: number): void {
    this.hosts.delete(host);
    this.noteKill(host, process.hrtime.bigint());
    process.stderr.write(`host ${host} ended by itself: it stalled, or it failed\n`);
  }

  private noteKill(host: number, atNs: bigint): void {
    for (const { journal } of this.instancesOf(host)) {
      this.killsNs.set(journal, [...(this.killsNs.get(journal) ?? []), atNs]);
    }
  }

  killsOf({ journal }: InstanceOrder): readonly bigint[] {
    return this.killsNs.get(journal) ?? [];
  }
}

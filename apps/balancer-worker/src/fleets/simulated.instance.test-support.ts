import {
  applyAcks,
  changeInstanceState,
  leaveFleet,
  readDeliveries,
  registerInstance,
  renewLeases,
  SourceCipher,
} from '@weir/database';
import type { Database } from '@weir/database';
import type { Ack, FleetSettings, RegisterRequest } from '@weir/domain';

export const cipher = new SourceCipher('a key that is only used in tests');

/** When an instance started or stopped a stream, in ms of the monotonic clock. */
export interface JournalEntry {
  readonly serverId: string;
  readonly streamId: string;
  readonly epoch: number;
  readonly what: 'started' | 'stopped';
  readonly at: number;
}

export interface InstanceHome {
  readonly database: Database;
  readonly fleetId: number;
  readonly settings: FleetSettings;
  readonly journal: JournalEntry[];
}

/** A well-behaved instance, without HTTP: heartbeats, does what it is assigned, says so. */
export class SimulatedInstance {
  readonly running = new Map<string, number>();
  isFenced = false;
  /** While it is set the instance neither renews its lease nor does what it is assigned. */
  isMute = false;
  private incarnation = 0;
  private seenRevision = -1;
  private isAlive = true;
  private timer: NodeJS.Timeout | undefined;
  private delivering: Promise<void> = Promise.resolve();

  private constructor(
    readonly serverId: string,
    private readonly home: InstanceHome,
  ) {}

  static async join(
    home: InstanceHome,
    serverId: string,
    more: Partial<RegisterRequest> = {},
  ): Promise<SimulatedInstance> {
    const instance = new SimulatedInstance(serverId, home);
    const request = { serverId, host: '127.0.0.1', port: 7080, maxStreams: 1_000, ...more };
    const { database, fleetId, settings } = home;
    const registered = await registerInstance(
      database.control,
      fleetId,
      request,
      settings.leaseTtlMs,
    );
    instance.incarnation = registered.incarnation;
    instance.scheduleHeartbeat();
    return instance;
  }

  /** Dies without a word. */
  kill(): void {
    this.isAlive = false;
    clearTimeout(this.timer);
  }

  /** Ends the silence, and does what came up meanwhile. */
  speak(): void {
    this.isMute = false;
    this.deliver();
  }

  async drain(): Promise<void> {
    const intent = { action: 'drain', isOperator: false } as const;
    await changeInstanceState(this.home.database.control, this.home.fleetId, this.serverId, intent);
  }

  /** Says of everything it runs that it cannot run it. */
  async fail(): Promise<void> {
    const { database, fleetId, settings } = this.home;
    const acks = [...this.running].map(([streamId, epoch]): Ack => {
      return { streamId, epoch, state: 'failed', error: 'no signal' };
    });
    this.running.clear();
    const { serverId, incarnation } = this;
    await applyAcks(database.control, fleetId, { serverId, incarnation }, { acks, settings });
  }

  async leave(): Promise<void> {
    this.kill();
    await this.delivering;
    const { serverId, incarnation } = this;
    await leaveFleet(this.home.database.control, this.home.fleetId, { serverId, incarnation });
  }

  /** Reads what it has not seen, does it, and acknowledges. One at a time. */
  deliver(): void {
    this.delivering = this.delivering.then(() => this.deliverNow()).catch(() => undefined);
  }

  /** One heartbeat now. @returns whether the lease was renewed. */
  async heartbeat(): Promise<boolean> {
    const { database, fleetId, settings } = this.home;
    const [result] = await renewLeases(database.heartbeat, [
      {
        fleetId,
        serverId: this.serverId,
        incarnation: this.incarnation,
        seenRevision: Math.max(0, this.seenRevision),
        runningCount: this.running.size,
        runningDigest: '0000000000000000',
        metrics: undefined,
        leaseTtlMs: settings.leaseTtlMs,
      },
    ]);
    this.isFenced = result?.kind !== 'renewed';
    return !this.isFenced;
  }

  private scheduleHeartbeat(): void {
    const intervalMs = this.home.settings.leaseTtlMs / 3;
    this.timer = setTimeout(() => {
      const beat = this.isMute ? Promise.resolve(false) : this.heartbeat();
      void beat.catch(() => undefined).finally(() => this.isAlive && this.scheduleHeartbeat());
    }, intervalMs);
  }

  private async deliverNow(): Promise<void> {
    if (!this.isAlive || this.isMute) return;
    const { database, fleetId, settings } = this.home;
    const { serverId, seenRevision, incarnation } = this;
    const query = { fleetId, serverId, seenRevision };
    const [delivery] = await readDeliveries(database.control, cipher, [query]);
    if (!delivery || !this.isAlive) return;
    const acks = delivery.changes.map(({ streamId, epoch, desired }): Ack => {
      if (desired === 'prepare') return { streamId, epoch, state: 'prepared' };
      const state = desired === 'run' ? 'running' : 'stopped';
      this.note(streamId, epoch, state);
      return { streamId, epoch, state };
    });
    this.seenRevision = delivery.revision;
    if (acks.length === 0) return;
    await applyAcks(database.control, fleetId, { serverId, incarnation }, { acks, settings });
  }

  private note(streamId: string, epoch: number, state: 'running' | 'stopped'): void {
    const isNew = this.running.get(streamId) !== epoch;
    if (state === 'stopped') this.running.delete(streamId);
    else this.running.set(streamId, epoch);
    if (state === 'running' && !isNew) return;
    const what = state === 'running' ? 'started' : 'stopped';
    const { serverId } = this;
    this.home.journal.push({ serverId, streamId, epoch, what, at: performance.now() });
  }
}

import type { AckDesk } from './ack.desk';
import type { HeartbeatPacer } from './heartbeat.pacer';
import type { LeaseKeeper } from './lease.keeper';
import type { MachineAction } from './machine.types';
import type { RegistrationPacer } from './registration.pacer';
import type { ResyncPacer } from './resync.pacer';
import type { RevisionGate } from './revision.gate';
import type { SelfCheck } from './self.check';
import type { StreamTable } from './stream.table';

export interface DueCallsParts {
  readonly acks: AckDesk;
  readonly heartbeats: HeartbeatPacer;
  readonly registration: RegistrationPacer;
  readonly resync: ResyncPacer;
  readonly revisions: RevisionGate;
  readonly check: SelfCheck;
  readonly table: StreamTable;
  readonly lease: LeaseKeeper;
}

/** For whom calls can be made. */
export interface CallerView {
  readonly nowMs: number;
  /** Undefined: none, or one that has said goodbye. */
  readonly incarnation: number | undefined;
  readonly isDeparting: boolean;
}

/** Which calls are due, and when the next one is. What is taken counts as under way. */
export class DueCalls {
  constructor(private readonly parts: DueCallsParts) {}

  take(view: CallerView): MachineAction[] {
    const registrations = this.takeRegistration(view);
    const { incarnation } = view;
    if (incarnation === undefined) return registrations;
    return [
      ...registrations,
      ...this.takeCheck(view),
      ...this.takeAcks(view.nowMs, incarnation),
      ...this.takeResync(view.nowMs, incarnation),
      ...this.takeHeartbeat(view.nowMs, incarnation),
    ];
  }

  /** Moments at which something is due unless other events come before. */
  wakesAtMs(view: CallerView): (number | undefined)[] {
    const { registration, heartbeats, acks } = this.parts;
    if (view.incarnation === undefined) return [registration.dueAtMs];
    const { resyncDueAtMs } = this;
    const checkDueAtMs = this.checkDueAtMs(view);
    return [registration.dueAtMs, heartbeats.dueAtMs, acks.dueAtMs, resyncDueAtMs, checkDueAtMs];
  }

  private takeRegistration({ nowMs }: CallerView): MachineAction[] {
    const { registration, table } = this.parts;
    if (!isDue(registration.dueAtMs, nowMs)) return [];
    registration.sent();
    return [{ type: 'register', running: table.running.list() }];
  }

  private takeCheck(view: CallerView): MachineAction[] {
    if (!isDue(this.checkDueAtMs(view), view.nowMs)) return [];
    this.parts.check.begin();
    return [{ type: 'inspect-handler' }];
  }

  /** Only under a lease: without one there is nobody to compare with. */
  private checkDueAtMs({ isDeparting }: CallerView): number | undefined {
    const { lease, check } = this.parts;
    return lease.isHeld && !isDeparting ? check.dueAtMs : undefined;
  }

  private takeAcks(nowMs: number, incarnation: number): MachineAction[] {
    const acks = this.parts.acks.takeBatch(nowMs);
    return acks ? [{ type: 'send-acks', incarnation, acks }] : [];
  }

  private takeResync(nowMs: number, incarnation: number): MachineAction[] {
    if (!isDue(this.resyncDueAtMs, nowMs)) return [];
    const { resync, revisions, table } = this.parts;
    resync.sent();
    const seenRevision = resync.mayNameRevision ? revisions.seenRevision : undefined;
    return [{ type: 'resync', incarnation, seenRevision, running: table.running.list() }];
  }

  /** Not while exclusive streams are stopping: what the list leaves out must have stopped. */
  private get resyncDueAtMs(): number | undefined {
    const { lease, table, resync } = this.parts;
    return lease.isHeld && !table.isStoppingExclusive ? resync.dueAtMs : undefined;
  }

  private takeHeartbeat(nowMs: number, incarnation: number): MachineAction[] {
    const { heartbeats, revisions, table } = this.parts;
    if (!isDue(heartbeats.dueAtMs, nowMs)) return [];
    const { seenRevision } = revisions;
    const running = table.running.digest();
    const { timeoutMs } = heartbeats;
    heartbeats.sent();
    return [{ type: 'send-heartbeat', incarnation, seenRevision, running, timeoutMs }];
  }
}

function isDue(atMs: number | undefined, nowMs: number): boolean {
  return atMs !== undefined && nowMs >= atMs;
}

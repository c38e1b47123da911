import type { ClientNotice } from '../client.notice';
import { DeadlineTeller } from './deadline.teller';
import { Lease } from './lease';
import type { MachineAction } from './machine.types';
import { countGoingOn, listAutonomiesMs } from './slot.views';
import type { StreamTable } from './stream.table';

/** What goes on without a lease, besides exclusive streams and their autonomy. */
export interface LocalPolicy {
  /** Whether streams that are not exclusive run on. */
  readonly nonExclusive: 'continue' | 'stop';
  /** How long they may, in ms from the loss of the lease. Infinity: for as long as it takes. */
  readonly maxMs: number;
}

export interface LeaseKeeperParts {
  readonly table: StreamTable;
  readonly policy: LocalPolicy;
  readonly notify: (notice: ClientNotice) => void;
}

/**
 * Keeps the lease, and ends what must not outlive it. From the loss of a lease until the next one
 * the instance is in local operation: what may run without a lease runs on, each for its time.
 */
export class LeaseKeeper {
  private readonly lease = new Lease();
  private readonly deadline = new DeadlineTeller();
  private autonomyEndsMs: number[] = [];
  private localSinceMs: number | undefined;

  constructor(private readonly parts: LeaseKeeperParts) {}

  get isHeld(): boolean {
    return this.lease.isHeld;
  }

  get isLost(): boolean {
    return this.lease.isLost;
  }

  get deadlineMs(): number | undefined {
    return this.lease.deadlineMs;
  }

  /** When something has to stop, unless the lease is renewed before. */
  get wakesAtMs(): (number | undefined)[] {
    return [this.lease.deadlineMs, this.autonomyEndsMs[0], this.localEndMs];
  }

  /** @param sentAtMs when the request was sent whose answer renewed it */
  renew(sentAtMs: number, ttlMs: number, nowMs: number): void {
    this.lease.renew(sentAtMs, ttlMs, nowMs);
    if (!this.lease.isHeld) return;
    this.autonomyEndsMs = [];
    this.endLocalOperation(nowMs);
  }

  /** Notices the end of the lease, and of what was allowed to run past it. */
  check(nowMs: number): void {
    if (this.lease.hasJustExpired(nowMs)) return this.lose('it was not renewed in time', nowMs);
    if (this.lease.isHeld) return;
    const isDue = (atMs: number | undefined) => atMs !== undefined && nowMs >= atMs;
    if (isDue(this.autonomyEndsMs[0])) this.stopWhoseTimeIsOver(nowMs);
    if (isDue(this.localEndMs)) this.stopOthers();
  }

  /** The clocks disagree. @returns whether a lease was lost by that */
  invalidate(disagreementMs: number, nowMs: number): boolean {
    const wasHeld = this.lease.isHeld;
    this.lease.invalidate(nowMs);
    if (wasHeld) this.lose(`the clocks disagree by ${Math.round(disagreementMs)} ms`, nowMs);
    return wasHeld;
  }

  /** The incarnation was taken over: nothing exclusive may go on, whatever its autonomy. */
  fence(nowMs: number): void {
    const wasHeld = this.lease.isHeld;
    this.lease.end();
    this.autonomyEndsMs = [];
    if (wasHeld) this.parts.notify({ name: 'leaseLost', reason: 'incarnation fenced' });
    this.parts.table.stopWhere((assignment) => assignment.exclusive, 'fenced');
    this.beginLocalOperation('incarnation fenced', nowMs);
  }

  /** Nothing is left to do. */
  end(nowMs: number): void {
    this.lease.end();
    this.autonomyEndsMs = [];
    this.endLocalOperation(nowMs);
  }

  /** What the watchdog has to be told. */
  maybeTellDeadline(): MachineAction[] {
    return this.deadline.maybeTell(this.lease, this.parts.table.hasExclusiveEffects);
  }

  private lose(reason: string, nowMs: number): void {
    const { table, notify } = this.parts;
    notify({ name: 'leaseLost', reason });
    const end = this.lease.lastDeadlineMs;
    this.autonomyEndsMs = listAutonomiesMs(table.all).map((autonomyMs) => end + autonomyMs);
    table.dropWaitingExclusive();
    this.stopWhoseTimeIsOver(nowMs);
    this.beginLocalOperation(reason, nowMs);
  }

  /** Exclusive streams end with the lease, or `autonomyMs` after it. */
  private stopWhoseTimeIsOver(nowMs: number): void {
    const overMs = nowMs - this.lease.lastDeadlineMs;
    this.autonomyEndsMs = this.autonomyEndsMs.filter((endMs) => endMs > nowMs);
    this.parts.table.stopWhere(
      ({ exclusive, autonomyMs }) => exclusive && (autonomyMs ?? 0) <= overMs,
      'lease-lost',
    );
  }

  private stopOthers(): void {
    this.parts.table.stopWhere(({ exclusive }) => !exclusive, 'cut-off');
  }

  private get localEndMs(): number | undefined {
    const { maxMs } = this.parts.policy;
    if (this.localSinceMs === undefined || maxMs === Number.POSITIVE_INFINITY) return undefined;
    if (countGoingOn(this.parts.table.all).others === 0) return undefined;
    return this.localSinceMs + maxMs;
  }

  private beginLocalOperation(reason: string, nowMs: number): void {
    if (this.localSinceMs !== undefined) return;
    this.localSinceMs = nowMs;
    if (this.parts.policy.nonExclusive === 'stop') this.stopOthers();
    const { exclusive, others } = countGoingOn(this.parts.table.all);
    this.parts.notify({ name: 'localOperationBegan', reason, exclusive, others });
  }

  private endLocalOperation(nowMs: number): void {
    if (this.localSinceMs === undefined) return;
    const durationMs = nowMs - this.localSinceMs;
    this.localSinceMs = undefined;
    const { exclusive, others } = countGoingOn(this.parts.table.all);
    this.parts.notify({ name: 'localOperationEnded', durationMs, exclusive, others });
  }
}

import type {
  Ack,
  Assignment,
  HeartbeatResponse,
  RegisterResponse,
  ResyncResponse,
  WatchChanges,
} from '@weir/domain';
import { unreachable } from '@weir/domain';
import type { ClientNotice } from '../client.notice';
import { AckQueue } from './ack.queue';
import { DeadlineTeller } from './deadline.teller';
import { Departure } from './departure';
import { HeartbeatPacer } from './heartbeat.pacer';
import { Lease } from './lease';
import type { MachineAction, MachineEvent, MachineOutcome } from './machine.types';
import { RegistrationPacer } from './registration.pacer';
import { ResyncPacer } from './resync.pacer';
import { RevisionGate } from './revision.gate';
import type { NewsSource } from './revision.gate';
import { StreamTable } from './stream.table';

type EventOf<T extends MachineEvent['type']> = Extract<MachineEvent, { type: T }>;

/**
 * One instance: its incarnation, its lease, its streams. Takes events and the time, gives actions;
 * has no clock and does no IO, so that every order of events can be tried out.
 *
 * Without an incarnation it asks for one when `registration` says so; with one it is a member,
 * until that is fenced or unknown.
 */
export class InstanceMachine {
  private readonly lease = new Lease();
  private readonly acks = new AckQueue();
  private readonly departure = new Departure();
  private readonly revisions = new RevisionGate();
  private readonly heartbeats: HeartbeatPacer;
  private readonly registration: RegistrationPacer;
  private readonly resync: ResyncPacer;
  private readonly table: StreamTable;
  private actions: MachineAction[] = [];
  private nowMs = 0;
  private incarnation: number | undefined;
  private isRegistering = false;
  private autonomyEndsMs: number[] = [];
  private readonly deadline = new DeadlineTeller();

  /** @param random 0 (inclusive) to 1, for jitter; seeded in tests. */
  constructor(random: () => number) {
    this.heartbeats = new HeartbeatPacer(random);
    this.registration = new RegistrationPacer(random);
    this.resync = new ResyncPacer(random);
    const output = {
      act: (action: MachineAction) => this.act(action),
      acknowledge: (ack: Ack) => this.acks.put(ack),
    };
    const mayStart = (assignment: Assignment) => !assignment.exclusive || this.lease.isHeld;
    this.table = new StreamTable(output, mayStart);
  }

  get currentIncarnation(): number | undefined {
    return this.incarnation;
  }

  get currentRevision(): number {
    return this.revisions.seenRevision;
  }

  get runningCount(): number {
    return this.table.running.count;
  }

  /**
   * Takes one event.
   * @param nowMs the monotonic clock; never less than at the event before.
   */
  onEvent(event: MachineEvent, nowMs: number): MachineOutcome {
    this.nowMs = nowMs;
    this.actions = [];
    this.maybeLoseLease();
    this.handle(event);
    this.maybeLoseLease();
    this.goOn();
    return { actions: this.actions, nextWakeAtMs: this.nextWakeAtMs() };
  }

  private handle(event: MachineEvent): void {
    if ('incarnation' in event) {
      if (event.incarnation === this.incarnation) this.handleAnswer(event);
      return;
    }
    switch (event.type) {
      case 'begun':
        return this.registration.begin(this.nowMs);
      case 'woken':
        return;
      case 'registered':
        return this.onRegistered(event.response, event.sentAtMs);
      case 'registration-ended':
        this.isRegistering = false;
        return;
      case 'clocks-disagreed':
        return this.onClocksDisagreed(event.disagreementMs);
      case 'leave-requested':
        return this.onLeaveRequested(event.deadlineMs);
      case 'leave-answered':
        return this.finish(true);
      case 'stream-started':
        return this.table.started(event.stream);
      case 'stream-prepared':
        return this.table.prepared(event.stream);
      case 'stream-failed':
        return this.table.failed(event.stream, event.failure, this.nowMs);
      case 'stream-stopped':
        return this.table.stopped(event.stream, event.checkpoint, this.nowMs);
      default:
        return unreachable(event);
    }
  }

  /** What concerns one incarnation; whatever comes late for an earlier one was dropped already. */
  private handleAnswer(event: Extract<MachineEvent, { incarnation: number }>): void {
    switch (event.type) {
      case 'heartbeat-answered':
        return this.onHeartbeatAnswered(event.response, event.sentAtMs);
      case 'heartbeat-failed':
        return this.onHeartbeatFailed(event);
      case 'incarnation-fenced':
        return this.onFenced(event.incarnation);
      case 'instance-unknown':
        return this.becomeOutside();
      case 'changes-pushed':
        return this.applyChanges(event.pushed, 'watch');
      case 'resync-answered':
        return this.onResyncAnswered(event.response);
      case 'resync-refused':
        this.resync.end();
        return this.maybeAskForHeldBack();
      case 'resync-failed':
        this.resync.failed(this.nowMs, event.retryAfterMs);
        return this.maybeAskForHeldBack();
      case 'acks-answered':
        return this.onAcksAnswered(event);
      case 'drain-answered':
        this.departure.drained(this.nowMs);
        return this.heartbeats.hasten(this.nowMs);
      default:
        return unreachable(event);
    }
  }

  private onRegistered(response: RegisterResponse, sentAtMs: number): void {
    this.isRegistering = false;
    if (this.incarnation !== undefined || this.departure.stage === 'finished') return;
    const { incarnation, assignments, revision } = response;
    this.incarnation = incarnation;
    // Who departs takes the incarnation only to leave it: else its streams wait for a whole lease.
    if (this.departure.isUnderWay) return;
    this.registration.registered();
    this.revisions.begin();
    this.resync.end();
    this.lease.renew(sentAtMs, response.leaseTtlMs, this.nowMs);
    this.heartbeats.begin(response, this.nowMs);
    this.notify({ name: 'registered', incarnation, assignments: assignments.length });
    this.stopUnlisted(assignments);
    this.applyChanges({ changes: assignments, revision }, 'heartbeat');
    this.act({ type: 'watch', incarnation });
  }

  /** A registration is answered with everything that is this instance's: the rest is not. */
  private stopUnlisted(assignments: readonly Assignment[]): void {
    const listed = new Set(assignments.map(({ streamId, epoch }) => `${streamId}:${epoch}`));
    this.table.stopWhere(({ streamId, epoch }) => !listed.has(`${streamId}:${epoch}`), 'not-owned');
  }

  private onHeartbeatAnswered(response: HeartbeatResponse, sentAtMs: number): void {
    const wasFailing = this.heartbeats.hasFailed;
    const wasLost = this.lease.isLost;
    this.heartbeats.answered(response, sentAtMs);
    this.lease.renew(sentAtMs, response.leaseTtlMs, this.nowMs);
    this.registration.proven();
    this.departure.heartbeatAnswered(sentAtMs);
    this.notifyRenewal(wasFailing);
    const { changes = [], revision } = response;
    this.applyChanges({ changes, revision }, 'heartbeat');
    const isResyncNews = response.resync === true && this.resync.isNews(sentAtMs);
    const isBack = wasLost && this.lease.isHeld;
    if (isResyncNews || isBack) this.resync.want(this.nowMs);
  }

  private notifyRenewal(wasFailing: boolean): void {
    const { incarnation } = this;
    const { deadlineMs } = this.lease;
    if (incarnation === undefined) return;
    if (wasFailing) this.notify({ name: 'reconnected', incarnation });
    if (deadlineMs !== undefined) this.notify({ name: 'renewed', incarnation, deadlineMs });
  }

  private onHeartbeatFailed({ reason, retryAfterMs }: EventOf<'heartbeat-failed'>): void {
    if (!this.heartbeats.hasFailed) this.notify({ name: 'disconnected', reason });
    this.heartbeats.failed(this.nowMs, retryAfterMs);
  }

  /**
   * Applies changes in the order in which they were committed. Without a lease nothing is accepted,
   * nor while a resync is under way: the server takes what the list leaves out for stopped.
   */
  private applyChanges({ changes, revision }: WatchChanges, source: NewsSource): void {
    if (!this.lease.isHeld) return;
    if (this.resync.isUnderWay) return this.revisions.holdBack(revision);
    if (!this.revisions.pass(revision, source)) return;
    for (const change of changes) this.table.accept(change, this.nowMs);
  }

  private onResyncAnswered({ start, stop }: ResyncResponse): void {
    if (!this.lease.isHeld) {
      this.resync.end();
      return this.resync.want(this.nowMs);
    }
    this.resync.answered(this.nowMs);
    this.maybeAskForHeldBack();
    for (const stream of stop) this.table.acceptStop(stream, 'not-owned');
    for (const assignment of start) this.table.accept(assignment, this.nowMs);
    this.notify({ name: 'resynced', started: start.length, stopped: stop.length });
  }

  private maybeAskForHeldBack(): void {
    if (this.revisions.hasGap) this.heartbeats.hasten(this.nowMs);
  }

  private onAcksAnswered({ acks }: EventOf<'acks-answered'>): void {
    this.acks.settleBatch();
    for (const ack of acks) if (ack.state === 'failed') this.table.running.remove(ack);
  }

  private onFenced(incarnation: number): void {
    if (this.departure.stage === 'leaving') return;
    this.notify({ name: 'fenced', incarnation });
    if (this.lease.isHeld) this.notify({ name: 'leaseLost', reason: 'incarnation fenced' });
    this.lease.end();
    this.autonomyEndsMs = [];
    this.table.stopWhere((assignment) => assignment.exclusive, 'fenced');
    this.becomeOutside();
  }

  private becomeOutside(): void {
    if (this.departure.stage === 'leaving') return;
    this.incarnation = undefined;
    this.resync.end();
    this.heartbeats.end();
    for (const ack of this.acks.clear()) {
      if (ack.state === 'failed') this.table.running.remove(ack);
    }
    this.act({ type: 'abandon-calls' });
    if (!this.departure.isUnderWay) this.registration.again(this.nowMs);
  }

  private onClocksDisagreed(disagreementMs: number): void {
    const wasHeld = this.lease.isHeld;
    this.lease.invalidate(this.nowMs);
    if (!wasHeld) return;
    this.loseLease(`the clocks disagree by ${Math.round(disagreementMs)} ms`);
    if (this.incarnation !== undefined) this.heartbeats.hasten(this.nowMs);
  }

  private onLeaveRequested(deadlineMs: number): void {
    this.departure.begin(deadlineMs);
    this.registration.cancel();
    if (this.isRegistering) this.act({ type: 'give-up-registering' });
    if (this.incarnation !== undefined) this.act({ type: 'drain', incarnation: this.incarnation });
  }

  private maybeLoseLease(): void {
    if (this.lease.hasJustExpired(this.nowMs)) this.loseLease('it was not renewed in time');
  }

  private loseLease(reason: string): void {
    this.notify({ name: 'leaseLost', reason });
    const end = this.lease.lastDeadlineMs;
    this.autonomyEndsMs = this.table.listAutonomiesMs().map((autonomyMs) => end + autonomyMs);
    this.table.dropWaitingExclusive();
    this.stopWhoseTimeIsOver();
  }

  /** Exclusive streams end with the lease, or `autonomyMs` after it. */
  private stopWhoseTimeIsOver(): void {
    const overMs = this.nowMs - this.lease.lastDeadlineMs;
    this.autonomyEndsMs = this.autonomyEndsMs.filter((endMs) => endMs > this.nowMs);
    this.table.stopWhere(
      ({ exclusive, autonomyMs }) => exclusive && (autonomyMs ?? 0) <= overMs,
      'lease-lost',
    );
  }

  /** Everything that can go on now, whatever the event was. */
  private goOn(): void {
    const nextAutonomyEndMs = this.autonomyEndsMs[0];
    if (this.lease.isHeld) this.autonomyEndsMs = [];
    else if (nextAutonomyEndMs !== undefined && this.nowMs >= nextAutonomyEndMs) {
      this.stopWhoseTimeIsOver();
    }
    this.table.startDue(this.nowMs);
    this.maybeRegister();
    this.maybeSend();
    this.maybeDepart();
    this.actions.push(...this.deadline.maybeTell(this.lease, this.table.hasExclusiveEffects));
  }

  private maybeRegister(): void {
    const { dueAtMs } = this.registration;
    if (dueAtMs === undefined || this.nowMs < dueAtMs) return;
    this.registration.cancel();
    this.isRegistering = true;
    this.act({ type: 'register', running: this.table.running.list() });
  }

  private maybeSend(): void {
    const { incarnation } = this;
    if (incarnation === undefined || this.departure.stage === 'leaving') return;
    const acks = this.acks.takeBatch();
    if (acks) this.act({ type: 'send-acks', incarnation, acks });
    const { resyncDueAtMs } = this;
    if (resyncDueAtMs !== undefined && this.nowMs >= resyncDueAtMs) {
      this.resync.sent();
      this.act({ type: 'resync', incarnation, running: this.table.running.list() });
    }
    const { dueAtMs } = this.heartbeats;
    if (dueAtMs !== undefined && this.nowMs >= dueAtMs) this.sendHeartbeat(incarnation);
  }

  /** Not while exclusive streams are stopping: what the list leaves out must have stopped. */
  private get resyncDueAtMs(): number | undefined {
    const mayResync = this.lease.isHeld && !this.table.isStoppingExclusive;
    return mayResync ? this.resync.dueAtMs : undefined;
  }

  private sendHeartbeat(incarnation: number): void {
    const { seenRevision } = this.revisions;
    const running = this.table.running.digest();
    const { timeoutMs } = this.heartbeats;
    this.heartbeats.sent();
    this.act({ type: 'send-heartbeat', incarnation, seenRevision, running, timeoutMs });
  }

  private maybeDepart(): void {
    const isStopped = this.table.isEmpty;
    const isEmpty = isStopped && this.acks.isEmpty && this.table.running.count === 0;
    const isMember = this.incarnation !== undefined;
    const { nowMs, isRegistering } = this;
    const view = { nowMs, isMember, isRegistering, isEmpty, isStopped };
    const step = this.departure.nextStep(view);
    if (step === undefined) return;
    if (step === 'force') {
      this.departure.forcing(this.nowMs);
      this.table.stopWhere(() => true, 'leaving');
      return this.maybeDepart();
    }
    if (step !== 'leave' || this.incarnation === undefined) {
      return this.finish(step === 'finish-clean');
    }
    this.departure.leaving();
    this.act({ type: 'leave', incarnation: this.incarnation });
  }

  private finish(isClean: boolean): void {
    if (this.departure.stage === 'finished') return;
    this.departure.finished();
    this.incarnation = undefined;
    this.heartbeats.end();
    this.lease.end();
    this.act({ type: 'abandon-calls' });
    this.act({ type: 'finish', isClean });
  }

  private nextWakeAtMs(): number | undefined {
    const isSending = this.incarnation !== undefined && this.departure.stage !== 'leaving';
    const wakes = [
      this.registration.dueAtMs,
      isSending ? this.heartbeats.dueAtMs : undefined,
      isSending ? this.resyncDueAtMs : undefined,
      this.lease.deadlineMs,
      this.autonomyEndsMs[0],
      this.table.nextStartAtMs,
      this.departure.nextWakeAtMs,
    ].filter((wake) => wake !== undefined);
    return wakes.length === 0 ? undefined : Math.min(...wakes);
  }

  private act(action: MachineAction): void {
    this.actions.push(action);
  }

  private notify(notice: ClientNotice): void {
    this.act({ type: 'notify', notice });
  }
}

import type {
  Ack,
  Assignment,
  HeartbeatResponse,
  RegisterResponse,
  ResyncResponse,
  StreamEpoch,
  WatchChanges,
} from '@weir/domain';
import { unreachable } from '@weir/domain';
import type { ClientNotice } from '../client.notice';
import { AckDesk } from './ack.desk';
import { Connectivity } from './connectivity';
import { Departure } from './departure';
import { DueCalls } from './due.calls';
import type { CallerView } from './due.calls';
import { HeartbeatPacer } from './heartbeat.pacer';
import { LeaseKeeper } from './lease.keeper';
import { DEFAULT_MACHINE_SETTINGS } from './machine.settings';
import type { MachineAction, MachineEvent, MachineOutcome } from './machine.types';
import { RegistrationPacer } from './registration.pacer';
import { ResyncPacer } from './resync.pacer';
import { RevisionGate } from './revision.gate';
import type { NewsSource } from './revision.gate';
import { SelfCheck } from './self.check';
import { compareWithHandler } from './slot.views';
import { StreamTable } from './stream.table';

/** Why a stream failed that the handler does not run any more, without having said so. */
const GONE = 'the handler does not run it any more';

type EventOf<T extends MachineEvent['type']> = Extract<MachineEvent, { type: T }>;

/**
 * One instance: its incarnation, its lease, its streams. Takes events and the time, gives actions;
 * has no clock and does no IO, so that every order of events can be tried out.
 *
 * Without an incarnation it asks for one when `registration` says so; with one it is a member,
 * until that is fenced or unknown.
 */
export class InstanceMachine {
  private readonly departure = new Departure();
  private readonly revisions = new RevisionGate();
  private readonly connectivity: Connectivity;
  private readonly acks: AckDesk;
  private readonly heartbeats: HeartbeatPacer;
  private readonly registration: RegistrationPacer;
  private readonly resync: ResyncPacer;
  private readonly check: SelfCheck;
  private readonly table: StreamTable;
  private readonly lease: LeaseKeeper;
  private readonly calls: DueCalls;
  private actions: MachineAction[] = [];
  private nowMs = 0;
  private incarnation: number | undefined;

  /** @param random 0 (inclusive) to 1, for jitter; seeded in tests. */
  constructor(random: () => number, settings = DEFAULT_MACHINE_SETTINGS) {
    const notify = (notice: ClientNotice) => this.notify(notice);
    this.connectivity = new Connectivity(notify);
    this.acks = new AckDesk({
      random,
      notify,
      onFailureSettled: (ack) => this.table.running.remove(ack),
      onRoom: () => this.maybeAskForHeldBack(),
    });
    this.heartbeats = new HeartbeatPacer(random);
    this.registration = new RegistrationPacer(random);
    this.resync = new ResyncPacer(random);
    this.check = new SelfCheck({ intervalMs: settings.checkIntervalMs, random, notify });
    const output = {
      act: (action: MachineAction) => this.act(action),
      acknowledge: (ack: Ack) => this.acks.acknowledge(ack),
    };
    const mayStart = (assignment: Assignment) => !assignment.exclusive || this.lease.isHeld;
    this.table = new StreamTable(output, mayStart);
    this.lease = new LeaseKeeper({ table: this.table, policy: settings.localPolicy, notify });
    const { acks, heartbeats, registration, resync, revisions, check, table, lease } = this;
    const parts = { acks, heartbeats, registration, resync, revisions, check, table, lease };
    this.calls = new DueCalls(parts);
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
    this.lease.check(nowMs);
    this.handle(event);
    this.lease.check(nowMs);
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
      case 'registration-failed':
        return this.onRegistrationFailed(event);
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
      case 'stream-broke':
        return this.table.broke(event.stream, event.error);
      case 'handler-inspected':
        return this.onHandlerInspected(event.handled);
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
      case 'watch-opened':
        return this.connectivity.succeeded('watch');
      case 'watch-lost':
        return this.connectivity.failed('watch', event.reason);
      case 'resync-answered':
        return this.onResyncAnswered(event.response);
      case 'resync-refused':
        this.resync.refused();
        return this.maybeAskForHeldBack();
      case 'resync-failed':
        this.resync.failed(this.nowMs, event.retryAfterMs);
        return this.maybeAskForHeldBack();
      case 'acks-answered':
        this.connectivity.succeeded('acks');
        return this.acks.answered(event.acks);
      case 'acks-failed':
        this.connectivity.failed('acks', event.reason);
        return this.acks.failed(this.nowMs, event.retryAfterMs);
      case 'acks-refused':
        return this.acks.refused(event.reason);
      case 'drain-answered':
        this.departure.drained(this.nowMs);
        return this.heartbeats.hasten(this.nowMs);
      default:
        return unreachable(event);
    }
  }

  private onRegistered(response: RegisterResponse, sentAtMs: number): void {
    this.registration.registered();
    if (this.incarnation !== undefined || this.departure.stage === 'finished') return;
    const { incarnation, assignments, revision } = response;
    this.incarnation = incarnation;
    // Who departs takes the incarnation only to leave it: else its streams wait for a whole lease.
    if (this.departure.isUnderWay) return;
    this.revisions.begin();
    this.resync.begin();
    this.connectivity.reset();
    this.check.schedule(this.nowMs);
    this.lease.renew(sentAtMs, response.leaseTtlMs, this.nowMs);
    this.heartbeats.begin(response, this.nowMs);
    this.notify({ name: 'registered', incarnation, assignments: assignments.length });
    this.stopUnlisted(assignments);
    this.applyChanges({ changes: assignments, revision }, 'heartbeat');
    this.act({ type: 'watch', incarnation });
  }

  private onRegistrationFailed({ reason, retryAfterMs }: EventOf<'registration-failed'>): void {
    const retryInMs = this.registration.failed(this.nowMs, retryAfterMs);
    if (this.departure.isUnderWay) return this.registration.cancel();
    this.notify({ name: 'registrationFailed', reason, retryInMs });
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
    this.connectivity.succeeded('heartbeats');
    const { changes = [], revision } = response;
    this.applyChanges({ changes, revision }, 'heartbeat');
    const isResyncAsked = response.resync === true;
    const hasChanges = changes.length > 0;
    this.check.judge({ sentAtMs, hasChanges, isResyncAsked }, this.nowMs);
    const isBack = wasLost && this.lease.isHeld;
    if ((isResyncAsked && this.resync.isNews(sentAtMs)) || isBack) this.resync.want(this.nowMs);
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
    this.connectivity.failed('heartbeats', reason);
  }

  /**
   * Applies changes in the order in which they were committed. Without a lease nothing is accepted,
   * nor while a resync is under way: the server takes what the list leaves out for stopped. What
   * would make more acks waits while too many of them wait to be sent.
   */
  private applyChanges({ changes, revision }: WatchChanges, source: NewsSource): void {
    if (!this.lease.isHeld) return;
    if (this.resync.isUnderWay || this.acks.isBackedUp()) return this.revisions.holdBack(revision);
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

  private onHandlerInspected(handled: readonly StreamEpoch[] | undefined): void {
    const difference = handled
      ? compareWithHandler(this.table.all, handled)
      : { died: [], strays: [] };
    this.check.inspected(difference, this.table.running.count, this.nowMs);
    for (const stream of difference.died) this.table.broke(stream, GONE);
    for (const stream of difference.strays) this.act({ type: 'stop-stray', stream });
    this.heartbeats.hasten(this.nowMs);
  }

  private onFenced(incarnation: number): void {
    if (this.departure.stage === 'leaving') return;
    this.notify({ name: 'fenced', incarnation });
    this.lease.fence(this.nowMs);
    this.becomeOutside();
  }

  private becomeOutside(): void {
    if (this.departure.stage === 'leaving') return;
    this.incarnation = undefined;
    this.resync.end();
    this.heartbeats.end();
    this.check.abandon(this.nowMs);
    this.acks.clear();
    this.act({ type: 'abandon-calls' });
    if (!this.departure.isUnderWay) this.registration.again(this.nowMs);
  }

  private onClocksDisagreed(disagreementMs: number): void {
    const wasHeld = this.lease.invalidate(disagreementMs, this.nowMs);
    if (wasHeld && this.incarnation !== undefined) this.heartbeats.hasten(this.nowMs);
  }

  private onLeaveRequested(deadlineMs: number): void {
    this.departure.begin(deadlineMs);
    this.registration.cancel();
    this.table.stopWhere(({ desired }) => desired === 'prepare', 'leaving');
    if (this.incarnation !== undefined) this.act({ type: 'drain', incarnation: this.incarnation });
  }

  /** Everything that can go on now, whatever the event was. */
  private goOn(): void {
    this.table.startDue(this.nowMs);
    this.actions.push(...this.calls.take(this.callerView));
    this.maybeDepart();
    this.actions.push(...this.lease.maybeTellDeadline());
  }

  private maybeDepart(): void {
    const isStopped = this.table.isEmpty;
    const isEmpty = isStopped && this.acks.isEmpty && this.table.running.count === 0;
    const isMember = this.incarnation !== undefined;
    const { nowMs } = this;
    const isRegistering = this.registration.isUnderWay;
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
    this.lease.end(this.nowMs);
    this.act({ type: 'abandon-calls' });
    this.act({ type: 'finish', isClean });
  }

  private get callerView(): CallerView {
    const { nowMs, departure } = this;
    const incarnation = departure.stage === 'leaving' ? undefined : this.incarnation;
    return { nowMs, incarnation, isDeparting: departure.isUnderWay };
  }

  private nextWakeAtMs(): number | undefined {
    const wakes = [
      ...this.calls.wakesAtMs(this.callerView),
      ...this.lease.wakesAtMs,
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

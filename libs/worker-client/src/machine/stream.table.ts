import type { Ack, Assignment, JsonObject, StreamEpoch } from '@weir/domain';
import type { MachineAction, StopReason } from './machine.types';
import { RunningSet } from './running.set';
import type { StreamSlots } from './slot.views';
import { hasEffects, isGoingOn } from './stream.slot';
import type { LivePhase, LiveStream, StreamFailure, StreamSlot } from './stream.slot';
import { TombstoneTable } from './tombstone.table';

/** Where the table's decisions go. */
export interface StreamTableOutput {
  act(action: MachineAction): void;
  acknowledge(ack: Ack): void;
}

/**
 * The streams of this instance and the rules of their epochs: at most one epoch of a stream is
 * live, an epoch that was stopped never starts again, and a new epoch starts only after the old
 * one's effects have ended.
 */
export class StreamTable {
  readonly running = new RunningSet();
  private readonly slots = new Map<string, StreamSlot>();
  private readonly tombstones = new TombstoneTable();
  /**
   * Streams whose start waits for a time or for an older epoch; the only ones looked at when woken.
   */
  private readonly waiting = new Set<string>();
  private stoppingExclusive = 0;
  /** Exclusive streams that may have effects. */
  private readonly guarded = new Set<string>();

  constructor(
    private readonly output: StreamTableOutput,
    /** Whether an assignment may start at this moment, as far as the lease is concerned. */
    private readonly mayStart: (assignment: Assignment) => boolean,
  ) {}

  /** Everything that is known here, to look at. */
  get all(): StreamSlots {
    return this.slots;
  }

  get isEmpty(): boolean {
    return this.slots.size === 0;
  }

  /** True while an exclusive stream that was told to stop may still have effects. */
  get isStoppingExclusive(): boolean {
    return this.stoppingExclusive > 0;
  }

  /** True while an exclusive stream may have effects. */
  get hasExclusiveEffects(): boolean {
    return this.guarded.size > 0;
  }

  /** When the next waiting start is due. */
  get nextStartAtMs(): number | undefined {
    let earliest: number | undefined;
    for (const streamId of this.waiting) {
      const slot = this.slots.get(streamId);
      if (!slot?.next || hasEffects(slot.live) || !this.mayStart(slot.next.assignment)) continue;
      earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, slot.next.startAtMs);
    }
    return earliest;
  }

  /** Accepts one change. Old news (an older epoch, a stopped epoch) changes nothing. */
  accept(assignment: Assignment, nowMs: number): void {
    if (assignment.desired === 'stop') this.acceptStop(assignment, 'assigned-away');
    else if (assignment.desired === 'prepare') this.acceptPrepare(assignment, nowMs);
    else if (assignment.desired === 'run') this.acceptRun(assignment, nowMs);
  }

  /** Stops this epoch and whatever is older, and says so when it has stopped. */
  acceptStop(stream: StreamEpoch, reason: StopReason): void {
    const { streamId, epoch } = stream;
    const slot = this.slots.get(streamId);
    const newest = slot?.next?.assignment.epoch ?? slot?.live?.assignment.epoch ?? -1;
    if (newest > epoch) return this.confirmOlder(stream, slot);
    this.tombstones.bury(stream);
    this.forgetRunning(streamId, epoch);
    if (slot?.live && slot.live.assignment.epoch <= epoch) {
      this.dropNext(slot);
      this.stopLive(slot, reason, epoch);
    } else {
      if (slot) this.dropNext(slot);
      this.output.acknowledge({ streamId, epoch, state: 'stopped' });
    }
  }

  /**
   * A newer epoch goes on, and of this one nothing is left, or only what is being stopped for the
   * newer one. A restored database may wait for this word: it knows nothing of the newer epoch.
   */
  private confirmOlder({ streamId, epoch }: StreamEpoch, slot: StreamSlot | undefined): void {
    const live = slot?.live;
    if (slot && live && live.assignment.epoch <= epoch)
      slot.live = { ...live, awaitedEpoch: epoch };
    else this.output.acknowledge({ streamId, epoch, state: 'stopped' });
  }

  /**
   * Stops without a word to the control plane what `isConcerned` says: it decided so itself, or
   * could not be told.
   */
  stopWhere(isConcerned: (assignment: Assignment) => boolean, reason: StopReason): void {
    for (const slot of [...this.slots.values()]) {
      if (slot.next && isConcerned(slot.next.assignment)) this.abandonNext(slot);
      if (isGoingOn(slot.live) && isConcerned(slot.live.assignment)) {
        this.stopLive(slot, reason);
      }
    }
  }

  /** What was granted under the lease and has not begun does not begin without it. */
  dropWaitingExclusive(): void {
    for (const streamId of [...this.waiting]) {
      const slot = this.slots.get(streamId);
      if (slot?.next?.assignment.exclusive) this.abandonNext(slot);
    }
  }

  /** Starts what waited for this moment. */
  startDue(nowMs: number): void {
    for (const streamId of [...this.waiting]) {
      const slot = this.slots.get(streamId);
      if (slot) this.maybeStart(slot, nowMs);
    }
  }

  started(stream: StreamEpoch): void {
    if (!this.advance(stream, 'starting', 'running')) return;
    this.output.acknowledge({ ...stream, state: 'running' });
    this.output.act({ type: 'notify', notice: { name: 'assignmentStarted', ...stream } });
  }

  prepared(stream: StreamEpoch): void {
    if (!this.advance(stream, 'preparing', 'prepared')) return;
    this.output.acknowledge({ ...stream, state: 'prepared' });
    this.output.act({ type: 'notify', notice: { name: 'assignmentPrepared', ...stream } });
  }

  /**
   * A start or a preparation failed and left nothing behind. What should have run stays in the
   * running set until the failure is acknowledged: until then it counts as assigned.
   */
  failed(stream: StreamEpoch, failure: StreamFailure, nowMs: number): void {
    const { error, during } = failure;
    const slot = this.slots.get(stream.streamId);
    if (!slot?.live || slot.live.assignment.epoch !== stream.epoch) return;
    if (slot.live.phase !== (during === 'start' ? 'starting' : 'preparing')) return;
    if (during === 'start') this.tombstones.bury(stream);
    this.endLive(slot);
    this.output.acknowledge({ ...stream, state: 'failed', error });
    this.output.act({ type: 'notify', notice: { name: 'assignmentFailed', ...stream, error } });
    this.settle(slot, nowMs);
  }

  /**
   * What ran, or was prepared, broke, and may have left something behind: the handler is asked to
   * stop it, and only then the failure is told. What ran counts as assigned until that is
   * acknowledged.
   */
  broke(stream: StreamEpoch, error: string): void {
    const slot = this.slots.get(stream.streamId);
    const { live } = slot ?? {};
    if (!slot || live?.assignment.epoch !== stream.epoch) return;
    if (!isGoingOn(live)) return;
    slot.live = { ...live, failure: error };
    this.stopLive(slot, 'failed');
  }

  /** All effects of this epoch have ended. */
  stopped(stream: StreamEpoch, checkpoint: JsonObject | undefined, nowMs: number): void {
    const slot = this.slots.get(stream.streamId);
    if (slot?.live?.phase !== 'stopping' || slot.live.assignment.epoch !== stream.epoch) return;
    const { live } = slot;
    if (isExclusiveRun(live.assignment)) this.stoppingExclusive -= 1;
    this.endLive(slot);
    this.tellStopped(live, checkpoint);
    this.settle(slot, nowMs);
  }

  private tellStopped(live: LiveStream, checkpoint: JsonObject | undefined): void {
    const { awaitedEpoch, failure, stopReason = 'failed' } = live;
    const { streamId, epoch } = live.assignment;
    const withCheckpoint = checkpoint === undefined ? {} : { checkpoint };
    if (awaitedEpoch !== undefined) {
      this.output.acknowledge({
        streamId,
        epoch: awaitedEpoch,
        state: 'stopped',
        ...withCheckpoint,
      });
    } else if (failure !== undefined) {
      this.output.acknowledge({
        streamId,
        epoch,
        state: 'failed',
        error: failure,
        ...withCheckpoint,
      });
    }
    if (live.assignment.desired === 'prepare') return;
    const notice =
      failure === undefined
        ? ({ name: 'assignmentStopped', streamId, epoch, reason: stopReason } as const)
        : ({ name: 'assignmentFailed', streamId, epoch, error: failure } as const);
    this.output.act({ type: 'notify', notice });
  }

  private acceptRun(assignment: Assignment, nowMs: number): void {
    if (this.tombstones.isBuried(assignment)) return;
    const slot = this.slotOf(assignment.streamId);
    const { live, next } = slot;
    if (Math.max(next?.assignment.epoch ?? -1, live?.assignment.epoch ?? -1) > assignment.epoch) {
      return;
    }
    const isPreparation = next?.assignment.desired === 'prepare';
    if (next?.assignment.epoch === assignment.epoch && !isPreparation) return;
    if (live && hasEffects(live) && live.assignment.epoch === assignment.epoch) {
      return this.acceptAgain(slot, live, assignment);
    }
    if (next) this.giveUpNext(slot);
    slot.next = { assignment, startAtMs: nowMs + (assignment.notBeforeMs ?? 0) };
    this.waiting.add(slot.streamId);
    this.running.put(assignment);
    if (hasEffects(live) && isGoingOn(live)) this.stopLive(slot, 'superseded');
    this.maybeStart(slot, nowMs);
  }

  /**
   * What runs is granted still, under another incarnation say. What was acknowledged to an earlier
   * one may not have got there, so it is said again.
   */
  private acceptAgain(slot: StreamSlot, live: LiveStream, assignment: Assignment): void {
    const { streamId, epoch } = assignment;
    slot.live = { ...live, assignment };
    this.guard(assignment);
    if (live.phase === 'running') {
      this.output.acknowledge({ streamId, epoch, state: 'running' });
    }
  }

  /**
   * Another instance owns the stream, and the epoch is above its: whatever older is here is over. A
   * preparation has no effects, so one that was given up may be asked for again.
   */
  private acceptPrepare(assignment: Assignment, nowMs: number): void {
    const { streamId, epoch } = assignment;
    const slot = this.slotOf(streamId);
    const { live, next } = slot;
    const newest = Math.max(next?.assignment.epoch ?? -1, live?.assignment.epoch ?? -1);
    if (newest > epoch) return;
    if (live?.phase === 'prepared' && newest === epoch) {
      return this.output.acknowledge({ streamId, epoch, state: 'prepared' });
    }
    const isStoppingThis = live?.phase === 'stopping' && next === undefined;
    if (newest === epoch && !isStoppingThis) return;
    this.giveUpNext(slot);
    slot.next = { assignment, startAtMs: nowMs };
    this.waiting.add(streamId);
    if (hasEffects(live) && isGoingOn(live)) this.stopLive(slot, 'superseded');
    this.maybeStart(slot, nowMs);
  }

  private maybeStart(slot: StreamSlot, nowMs: number): void {
    const { live, next } = slot;
    if (!next || hasEffects(live) || nowMs < next.startAtMs || !this.mayStart(next.assignment)) {
      return;
    }
    const { assignment } = next;
    this.dropNext(slot);
    if (assignment.desired === 'prepare') {
      slot.live = { assignment, phase: 'preparing' };
      return this.output.act({ type: 'prepare-stream', assignment });
    }
    slot.live = { assignment, phase: 'starting' };
    this.guard(assignment);
    this.output.act({ type: 'start-stream', assignment });
  }

  private stopLive(slot: StreamSlot, reason: StopReason, awaitedEpoch?: number): void {
    const { live } = slot;
    if (!live) return;
    const { streamId, epoch } = live.assignment;
    slot.live = {
      ...live,
      phase: 'stopping',
      awaitedEpoch: awaitedEpoch ?? live.awaitedEpoch,
      stopReason: live.stopReason ?? reason,
    };
    if (!isGoingOn(live)) return;
    if (isExclusiveRun(live.assignment)) this.stoppingExclusive += 1;
    this.tombstones.bury({ streamId, epoch });
    if (live.failure === undefined) this.running.remove({ streamId, epoch });
    this.output.act({ type: 'stop-stream', stream: { streamId, epoch }, reason });
  }

  private guard({ streamId, exclusive }: Assignment): void {
    if (exclusive) this.guarded.add(streamId);
    else this.guarded.delete(streamId);
  }

  private endLive(slot: StreamSlot): void {
    slot.live = undefined;
    this.guarded.delete(slot.streamId);
  }

  private abandonNext(slot: StreamSlot): void {
    this.giveUpNext(slot);
    this.dropIfEmpty(slot);
  }

  /** Never begins. A preparation leaves no tombstone: it may be asked for again. */
  private giveUpNext(slot: StreamSlot): void {
    const { next } = slot;
    if (!next) return;
    this.dropNext(slot);
    if (next.assignment.desired === 'prepare') return;
    this.tombstones.bury(next.assignment);
    this.running.remove(next.assignment);
  }

  private dropNext(slot: StreamSlot): void {
    slot.next = undefined;
    this.waiting.delete(slot.streamId);
  }

  private forgetRunning(streamId: string, upToEpoch: number): void {
    const epoch = this.running.epochOf(streamId);
    if (epoch !== undefined && epoch <= upToEpoch) this.running.remove({ streamId, epoch });
  }

  private advance(stream: StreamEpoch, from: LivePhase, to: LivePhase): boolean {
    const slot = this.slots.get(stream.streamId);
    const live = slot?.live;
    if (!slot || live?.phase !== from || live.assignment.epoch !== stream.epoch) return false;
    slot.live = { ...live, phase: to };
    return true;
  }

  private settle(slot: StreamSlot, nowMs: number): void {
    this.maybeStart(slot, nowMs);
    this.dropIfEmpty(slot);
  }

  private slotOf(streamId: string): StreamSlot {
    const known = this.slots.get(streamId);
    if (known) return known;
    const slot: StreamSlot = { streamId };
    this.slots.set(streamId, slot);
    return slot;
  }

  private dropIfEmpty(slot: StreamSlot): void {
    if (!slot.live && !slot.next) this.slots.delete(slot.streamId);
  }
}

/** What must have ended before the control plane may take it for stopped. */
function isExclusiveRun({ exclusive, desired }: Assignment): boolean {
  return exclusive && desired !== 'prepare';
}

import type { Assignment, JsonObject, StreamEpoch } from '@weir/domain';
import type { Journal } from '../client.journal';
import type { ClientLogger } from '../client.options';
import type { MachineEvent, StopReason } from '../machine/machine.types';
import type { StopResult, StreamContext, StreamHandler } from '../stream.handler';
import { checkCheckpoint } from './checkpoint.check';
import type { ClientRuntime } from './client.runtime';
import { describeError } from './error.text';
import { listHandled } from './handled.list';
import { runPreparation } from './stream.preparation';

export interface RunnerParts {
  readonly handler: StreamHandler;
  readonly journal: Journal;
  readonly logger: ClientLogger;
  readonly stopTimeoutMs: number;
  readonly prepareTimeoutMs: number;
  readonly runtime: ClientRuntime;
  readonly dispatch: (event: MachineEvent) => void;
  /** Whether the lease allows effects of this assignment at this moment. */
  readonly isLeaseGood: (assignment: Assignment) => boolean;
  readonly onStopOverdue: (assignment: Assignment) => void;
}

/** One stream in the handler's hands. Its steps follow one another, whatever they are. */
interface HeldStream {
  assignment: Assignment;
  readonly controller: AbortController;
  /** Of what was warmed up under an earlier epoch and goes on in this one. */
  readonly prepared: AbortController | undefined;
  readonly context: StreamContext;
  steps: Promise<void>;
  /** The handler began something that it must end. */
  isBegun: boolean;
  hasEffects: boolean;
  isStopping: boolean;
}

/**
 * Calls the host's handler and keeps the journal. Which step comes next is the machine's to decide.
 */
export class StreamRunner {
  private readonly held = new Map<string, HeldStream>();

  constructor(private readonly parts: RunnerParts) {}

  prepare(assignment: Assignment): void {
    const held = this.hold(assignment);
    held.steps = held.steps.then(() => this.prepareHeld(held, assignment));
  }

  start(assignment: Assignment): void {
    const held = this.hold(assignment);
    held.steps = held.steps.then(() => this.runStart(held, assignment));
  }

  stop(stream: StreamEpoch, reason: StopReason): void {
    const held = this.held.get(stream.streamId);
    if (!held) return this.parts.dispatch({ type: 'stream-stopped', stream });
    held.isStopping = true;
    const why = new Error(`stopped: ${reason}`);
    held.prepared?.abort(why);
    held.controller.abort(why);
    const cancelOverdue = this.parts.runtime.after(this.parts.stopTimeoutMs, () =>
      this.parts.onStopOverdue(held.assignment),
    );
    held.steps = held.steps.then(() => this.runStop(held, stream, reason)).finally(cancelOverdue);
  }

  /** Asks the handler what it really runs, if it can say. */
  inspect(): void {
    const { handler, logger, dispatch } = this.parts;
    dispatch({ type: 'handler-inspected', handled: listHandled(handler, logger) });
  }

  /** Something that the handler runs and should not: nobody waits for its end. */
  stopStray(stream: StreamEpoch): void {
    this.parts.logger.error({ ...stream }, 'a handler runs a stream that it should not');
    const held = this.held.get(stream.streamId);
    const stop = async () => void (await this.callStop(stream, 'not-owned'));
    if (held) held.steps = held.steps.then(stop);
    else void stop();
  }

  private async prepareHeld(held: HeldStream, assignment: Assignment): Promise<void> {
    const stream = streamOf(assignment);
    if (held.isStopping) return;
    held.isBegun = this.parts.handler.prepare !== undefined;
    try {
      await runPreparation(this.parts, assignment, held);
      this.parts.dispatch({ type: 'stream-prepared', stream });
    } catch (error) {
      held.isBegun = false;
      if (held.isStopping || held.assignment !== assignment) return;
      this.release(held);
      this.fail(stream, 'prepare', error);
    }
  }

  private async runStart(held: HeldStream, assignment: Assignment): Promise<void> {
    const stream = streamOf(assignment);
    if (held.isStopping) return;
    this.write('started', assignment);
    held.isBegun = true;
    held.hasEffects = true;
    try {
      await this.parts.handler.start(assignment, held.context);
      this.parts.dispatch({ type: 'stream-started', stream });
    } catch (error) {
      held.controller.abort(error);
      held.isBegun = false;
      held.hasEffects = false;
      this.write('stopped', assignment, 'failed');
      if (held.isStopping) return;
      this.release(held);
      this.fail(stream, 'start', error);
    }
  }

  private async runStop(held: HeldStream, stream: StreamEpoch, reason: StopReason): Promise<void> {
    const checkpoint = held.isBegun ? await this.callStop(stream, reason) : undefined;
    if (held.hasEffects) this.write('stopped', held.assignment, reason);
    this.release(held);
    const withCheckpoint = checkpoint === undefined ? {} : { checkpoint };
    this.parts.dispatch({ type: 'stream-stopped', stream, ...withCheckpoint });
  }

  private async callStop(
    { streamId, epoch }: StreamEpoch,
    reason: StopReason,
  ): Promise<JsonObject | undefined> {
    try {
      const result = await this.parts.handler.stop(streamId, epoch, reason);
      return this.findCheckpoint({ streamId, epoch }, result);
    } catch (error) {
      this.parts.logger.error({ err: error, streamId, epoch }, 'a handler failed to stop a stream');
      return undefined;
    }
  }

  private findCheckpoint(stream: StreamEpoch, result: StopResult | void): JsonObject | undefined {
    const given: unknown = result?.checkpoint;
    if (given === undefined) return undefined;
    const checked = checkCheckpoint(given);
    if (checked.isFit) return checked.checkpoint;
    this.parts.logger.warn({ ...stream, problem: checked.problem }, 'a checkpoint was dropped');
    return undefined;
  }

  private hold(assignment: Assignment): HeldStream {
    const known = this.held.get(assignment.streamId);
    if (known && !known.isStopping && known.assignment.epoch === assignment.epoch) {
      known.assignment = assignment;
      return known;
    }
    const held = this.createHeld(assignment, known);
    this.held.set(assignment.streamId, held);
    return held;
  }

  private createHeld(assignment: Assignment, earlier: HeldStream | undefined): HeldStream {
    const controller = new AbortController();
    const { signal } = controller;
    const isPrepared = earlier !== undefined && !earlier.hasEffects && !earlier.isStopping;
    const held: HeldStream = {
      assignment,
      controller,
      prepared: isPrepared ? earlier.controller : undefined,
      context: {
        ...streamOf(assignment),
        signal,
        isAllowed: () => held.hasEffects && !signal.aborted && this.parts.isLeaseGood(assignment),
        fail: (error) => this.breakHeld(held, error),
      },
      steps: earlier?.steps ?? Promise.resolve(),
      isBegun: false,
      hasEffects: false,
      isStopping: false,
    };
    return held;
  }

  /** The handler says that what ran is broken. It is stopped, then the failure is told. */
  private breakHeld(held: HeldStream, error: unknown): void {
    if (held.isStopping || this.held.get(held.assignment.streamId) !== held) return;
    const stream = streamOf(held.assignment);
    this.parts.logger.warn({ ...stream, err: error }, 'a stream broke while it ran');
    this.parts.dispatch({ type: 'stream-broke', stream, error: describeError(error) });
  }

  private release(held: HeldStream): void {
    const { streamId } = held.assignment;
    if (this.held.get(streamId) === held) this.held.delete(streamId);
  }

  private fail(stream: StreamEpoch, during: 'start' | 'prepare', error: unknown): void {
    const message = describeError(error);
    this.parts.logger.warn({ ...stream, err: error }, `a handler could not ${during} a stream`);
    this.parts.dispatch({ type: 'stream-failed', stream, failure: { during, error: message } });
  }

  private write(kind: 'started' | 'stopped', assignment: Assignment, reason?: string): void {
    const { streamId, epoch, exclusive } = assignment;
    const at = this.parts.runtime.machineNs();
    this.parts.journal({ at, kind, streamId, epoch, exclusive, ...(reason && { reason }) });
  }
}

function streamOf({ streamId, epoch }: Assignment): StreamEpoch {
  return { streamId, epoch };
}

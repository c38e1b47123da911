import type { Assignment, JsonObject, StreamEpoch } from '@weir/domain';
import type { StopReason } from './machine/machine.types';

/** What a running stream is given beside its assignment. */
export interface StreamContext {
  readonly streamId: string;
  /**
   * Grows with each owner: send it along with every effect, so that a sink can refuse an older one.
   */
  readonly epoch: number;
  /** Aborted when the stream is to stop, before `stop` is called. */
  readonly signal: AbortSignal;
  /**
   * Ask before every effect that others can see. False as soon as the stream must not act any more,
   * even when the main loop was blocked or the machine suspended meanwhile.
   */
  isAllowed(): boolean;
  /**
   * Says that the stream is broken and cannot go on. The client then calls `stop` with the reason
   * `failed`, and reports the failure once that has resolved. Of no effect after the stop began.
   */
  fail(error: unknown): void;
}

/**
 * What the client makes of a stop: a checkpoint travels to the next owner (JSON, at most 16 KiB).
 */
export interface StopResult {
  readonly checkpoint?: JsonObject;
}

/** The host's side: what running a stream means. */
export interface StreamHandler {
  /**
   * Begins to run the stream and returns (or resolves) once it is under way; it then goes on until
   * `stop`. To throw or reject means that it does not run, and that nothing of it is left.
   */
  start(assignment: Assignment, context: StreamContext): Promise<void> | void;
  /**
   * Ends the stream. Resolves only when its last effect is over: others may start it from then on.
   */
  stop(
    streamId: string,
    epoch: number,
    reason: StopReason,
  ): Promise<StopResult | void> | StopResult | void;
  /**
   * Warms up a stream that will be given soon, without any effect that others can see: its present
   * owner still runs it, its epoch is good for nothing else. `start` follows under a higher one,
   * or `stop` under this one. May be asked again. Aborted and failed after `prepareTimeoutMs`.
   */
  prepare?(assignment: Assignment, context: StreamContext): Promise<void> | void;
  /**
   * Everything that really runs at this moment, for the consistency check. A stream that is missing
   * here although its start resolved counts as broken; one that should not be here is stopped.
   */
  listRunning?(): Iterable<StreamEpoch>;
}

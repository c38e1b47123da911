import type { Assignment } from '@weir/domain';
import type { StopReason } from './machine.types';

/**
 * What is, or may still be, going on for one stream here.
 *
 * | phase     | means                                          |
 * |-----------|------------------------------------------------|
 * | preparing | the handler warms it up, without any effect    |
 * | prepared  | warmed up, waits for `run`                     |
 * | starting  | the handler was told to start; effects may be  |
 * | running   | the handler said that it runs                  |
 * | stopping  | the handler was told to stop; effects may be   |
 */
export type LivePhase = 'preparing' | 'prepared' | 'starting' | 'running' | 'stopping';

export interface LiveStream {
  readonly assignment: Assignment;
  readonly phase: LivePhase;
  /** The epoch whose stop the control plane waits to hear of; undefined: it does not. */
  readonly awaitedEpoch?: number | undefined;
  /** Why it is stopped, while it is. */
  readonly stopReason?: StopReason;
  /** What broke it while it ran; told the control plane once its effects have ended. */
  readonly failure?: string | undefined;
}

/** Accepted with `run` or `prepare`: begun when its time has come and nothing older is live. */
export interface NextStream {
  readonly assignment: Assignment;
  readonly startAtMs: number;
}

/** Everything about one stream. At most one epoch is live at any time. */
export interface StreamSlot {
  readonly streamId: string;
  live?: LiveStream | undefined;
  next?: NextStream | undefined;
}

/** What went wrong, and doing what. */
export interface StreamFailure {
  readonly error: string;
  readonly during: 'start' | 'prepare';
}

/** True while effects of an epoch are possible. */
export function hasEffects(live: LiveStream | undefined): live is LiveStream {
  return live !== undefined && live.phase !== 'preparing' && live.phase !== 'prepared';
}

/** True while the epoch was neither stopped nor told to stop. */
export function isGoingOn(live: LiveStream | undefined): live is LiveStream {
  return live !== undefined && live.phase !== 'stopping';
}

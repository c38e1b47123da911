import type { LossEvidence } from './isolation';
import type { JsonObject } from './stream';
import type { FailureCause, HoldKind } from './stream-failure';

/**
 * unassigned: nobody owns it. starting: granted, not yet acknowledged. running: the owner said so.
 * stopping: the owner was told to stop and has not confirmed.
 */
export type AssignmentStatus = 'unassigned' | 'starting' | 'running' | 'stopping';

/** What an instance should do about a stream. */
export type Desired = 'run' | 'prepare' | 'stop';

/** An assignment as an instance is told of it (protocol.md). */
export interface Assignment {
  readonly streamId: string;
  readonly epoch: number;
  readonly desired: Desired;
  /** Wait this long after receipt before starting; what is left of somebody else's lease. */
  readonly notBeforeMs?: number;
  readonly exclusive: boolean;
  /** How long it may run past the lease; absent when 0. */
  readonly autonomyMs?: number;
  readonly stream: { readonly name: string; readonly source: string; readonly config: JsonObject };
  readonly checkpoint?: JsonObject;
}

/** One time that an instance could not run a stream, as operators see it. */
export interface StreamFailureView {
  readonly serverId: string;
  readonly incarnation: number;
  readonly cause: FailureCause;
  readonly error: string;
  readonly at: string;
}

/** An instance that died soon after it got a stream, as operators see it. */
export interface LossEvidenceView extends Omit<LossEvidence, 'atMs'> {
  /** Its last sign of life. */
  readonly at: string;
}

/** Why a stream is not placed like any other, and what ends that. */
export interface HeldBackView {
  readonly kind: HoldKind;
  readonly since: string;
  readonly because: string;
  /** When it is tried again by itself; null: not by time. */
  readonly retryAt: string | null;
  readonly howToRetry: string;
  /** What its instances said, the latest last. */
  readonly failures: readonly StreamFailureView[];
  /** Which of its instances died. */
  readonly losses: readonly LossEvidenceView[];
}

/** An instance that has something to do with a stream which another one owns. */
export interface EndView {
  readonly serverId: string;
  readonly desired: Desired;
  readonly epoch: number;
}

/** An assignment as operators see it. */
export interface AssignmentView {
  readonly streamId: string;
  readonly streamName: string;
  readonly serverId: string | null;
  readonly incarnation: number | null;
  readonly epoch: number;
  readonly revision: number;
  readonly status: AssignmentStatus;
  readonly assignedAt: string | null;
  /** Ends of moves: who prepares it, runs it beside its owner, or still has to stop it. */
  readonly ends: readonly EndView[];
  readonly reportedState: string | null;
  readonly reportedError: string | null;
  readonly reportedLoad: number | null;
  /** Why it is not placed: reason -> instances it rules out. */
  readonly unplacedReasons: Readonly<Record<string, number>> | null;
  /** Failures in a row, 0 once a start of it lasted. */
  readonly failures: number;
  /** It rests after a failure until then. */
  readonly restUntil: string | null;
  /** Null: it is placed like any other. */
  readonly heldBack: HeldBackView | null;
}

/** True when the assignment has an owner that should run it. */
export function isActive(assignment: { status: AssignmentStatus }): boolean {
  return assignment.status === 'starting' || assignment.status === 'running';
}

/** True when the stream may be moved now: running, and not moved within its cool-down. */
export function canMigrate(
  assignment: { status: AssignmentStatus; assignedAtMs: number },
  rule: { nowMs: number; cooldownMs: number },
): boolean {
  return assignment.status === 'running' && rule.nowMs - assignment.assignedAtMs >= rule.cooldownMs;
}

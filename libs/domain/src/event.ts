/** What can be read in a fleet's history. Past tense: it has happened and is committed. */
export type EventKind =
  | 'fleet.created'
  | 'fleet.changed'
  | 'fleet.frozen'
  | 'fleet.unfrozen'
  | 'instance.registered'
  | 'instance.fenced'
  | 'instance.lost'
  | 'instance.left'
  | 'instance.cordoned'
  | 'instance.uncordoned'
  | 'instance.drain-started'
  | 'instance.drained'
  | 'instance.flapping'
  | 'instance.retired'
  | 'stream.created'
  | 'stream.changed'
  | 'stream.deleted'
  | 'stream.placed'
  | 'stream.released'
  | 'stream.failed'
  | 'stream.parked'
  | 'stream.isolated'
  | 'stream.probation-started'
  | 'stream.released-from-isolation'
  | 'stream.recovered'
  | 'stream.retried'
  | 'stream.unplaced'
  | 'stream.stopped'
  | 'move.started'
  | 'move.done'
  | 'move.aborted'
  | 'move.cancelled'
  | 'move.forced'
  | 'plan.requested'
  | 'plan.planned'
  | 'plan.paused'
  | 'plan.resumed'
  | 'plan.cancelled'
  | 'plan.done'
  | 'plan.failed'
  | 'stream.stuck'
  | 'brake.engaged'
  | 'brake.released'
  | 'streams.imported'
  | 'consistency.checked'
  | 'finding.repaired'
  | 'generation.bumped';

export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

export interface EventView {
  /**
   * Position in the fleet's history; grows with commit order within a fleet's ownership changes.
   */
  readonly eventId: string;
  readonly at: string;
  readonly kind: EventKind;
  readonly severity: Severity;
  readonly streamId: string | null;
  readonly serverId: string | null;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

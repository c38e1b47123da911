import type { StreamDefinition } from '@weir/domain';
import { abortMovesOfStreams } from '../ownership/handoff';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import { regrantStreams } from '../ownership/regrant';
import { stopStreams } from '../ownership/stopping';
import { giveFreshChance } from './stream-retry.repository';

export type StreamField = keyof StreamDefinition;

/**
 * What a change of a definition means for the stream's owner. stop: it must not run any more.
 * regrant: the owner runs something else now, under a higher epoch. bump: only the balancer needs
 * to see it.
 */
export type StreamEffect = 'stop' | 'regrant' | 'bump';

/** What an instance is told of a stream: when one of these changes, it has to start it anew. */
const DELIVERED: ReadonlySet<StreamField> = new Set([
  'name',
  'source',
  'config',
  'exclusive',
  'autonomyMs',
]);

/**
 * What only the planner checks: a plan that is made before one of these changes and written after
 * it may give an instance more than it can take, or what must not run there.
 */
const PLANNED: ReadonlySet<StreamField> = new Set([
  'resources',
  'requires',
  'avoid',
  'spreadGroup',
]);

/**
 * What may be why a stream failed: once one of these changes, it gets a fresh chance everywhere,
 * and is neither parked nor isolated any more.
 */
const BLAMED: ReadonlySet<StreamField> = new Set([...DELIVERED, 'requires', 'avoid', 'enabled']);

/** Whether what is known of a stream's failures does not hold after a change of these fields. */
export function isFreshChance(changedFields: readonly StreamField[]): boolean {
  return changedFields.some((field) => BLAMED.has(field));
}

/** Whether plans made before a change of these fields may break what they promise (ADR 0010). */
export function isPlannedOtherwise(changedFields: readonly StreamField[]): boolean {
  return changedFields.some((field) => PLANNED.has(field));
}

/** The effect of a change of these fields; undefined when nothing changed. */
export function decideStreamEffect(
  changedFields: readonly StreamField[],
  isEnabled: boolean,
): StreamEffect | undefined {
  if (changedFields.length === 0) return undefined;
  if (!isEnabled) return changedFields.includes('enabled') ? 'stop' : 'bump';
  return changedFields.some((field) => DELIVERED.has(field)) ? 'regrant' : 'bump';
}

export interface StreamEffects {
  /** Streams that should not run any more. */
  readonly stop: readonly string[];
  /** Streams of which the owner must learn. */
  readonly regrant: readonly string[];
  /** Streams that were just enabled: from now on they wait for an owner. */
  readonly enabled: readonly string[];
  /** Streams whose failures are forgotten. */
  readonly freshChance: readonly string[];
  /** Every stream that changed, those above included. */
  readonly changed: readonly string[];
  /** True when plans that have not seen the change must not be written any more. */
  readonly overtakesPlans: boolean;
}

/**
 * Lets changes of definitions take effect: owners are told to stop or to start anew, and every
 * assignment carries the new revision, so that the balancer sees it in its next delta. A stream
 * whose owner is stopping it already is left to that.
 */
export async function applyStreamEffects(
  change: OwnershipChange,
  effects: StreamEffects,
): Promise<void> {
  if (effects.changed.length === 0) return;
  if (effects.overtakesPlans) change.raiseEditFence();
  await stopStreams(change, effects.stop);
  await abortMovesOfStreams(change, effects.stop, {
    error: 'the stream was disabled or deleted',
    keepsStopping: true,
  });
  await regrantToOwners(change, effects.regrant);
  await change.sql.query(BUMP, [change.fleetId, change.revision, effects.changed, effects.enabled]);
  await giveFreshChance(change, effects.freshChance);
  change.hasWork = true;
}

const BUMP = `
update assignments a set
  revision = $2,
  unplaced_reasons = case when s.enabled and s.deleted_at is null then a.unplaced_reasons end,
  unassigned_since = case
    when a.server_id is null and a.stream_id = any($4::bigint[]) then weir_now()
    else a.unassigned_since end
from streams s
where a.fleet_id = $1 and a.stream_id = any($3::bigint[])
  and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id`;

async function regrantToOwners(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<void> {
  if (streamIds.length === 0) return;
  const owners = await change.sql.query<{
    serverId: string;
    incarnation: number;
    streamIds: string[];
  }>(
    `select server_id as "serverId", incarnation, array_agg(stream_id::text) as "streamIds"
     from assignments
     where fleet_id = $1 and stream_id = any($2::bigint[]) and status in ('starting', 'running')
     group by server_id, incarnation order by server_id`,
    [change.fleetId, streamIds],
  );
  for (const owner of owners) {
    await regrantStreams(change, { ...owner, oldLeaseExpiresAt: null });
  }
}

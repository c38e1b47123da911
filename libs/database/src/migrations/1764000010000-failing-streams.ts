import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * Streams that fail or kill, instances that flap or are gone for good. The previous release neither
 * reads nor writes any of it: while it still runs, what is held back may be placed by it once more,
 * which costs another failure and never a second owner.
 */
export class FailingStreams1764000010000 implements MigrationInterface {
  readonly name = 'FailingStreams1764000010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ASSIGNMENTS);
    await runner.query(INSTANCES);
    await runner.query(LOSSES);
  }

  down = refuseDown;
}

/**
 * rest_until: nobody should try the stream earlier, and an operator may say otherwise; infinity
 * waits for one. Apart from not_before, which is what is left of somebody's right to run it and may
 * never be cut short. running_since is of the present owner while the status is running.
 */
const ASSIGNMENTS = `
alter table assignments
  add column running_since timestamptz,
  add column rest_until timestamptz,
  add column failure_log jsonb,
  add column held_back text check (held_back in ('parked', 'isolated', 'probation')),
  add column held_since timestamptz,
  add column parkings integer not null default 0,
  add column hold jsonb,
  add constraint assignments_hold check ((held_back is null) = (held_since is null));
create index assignments_troubled on assignments (fleet_id, stream_id)
  where failures > 0 or held_back is not null or failed_on <> '{}';
create index assignments_starting on assignments (fleet_id, assigned_at) where status = 'starting'`;

/**
 * flaps_from: flaps before it were forgiven. incarnation_floor: incarnations of instances that were
 * forgotten; whoever registers under such a name begins above it, so that an incarnation never
 * comes again.
 */
const INSTANCES = `
alter table instances
  add column flapping_until timestamptz,
  add column flaps_from timestamptz;
alter table fleet_revisions add column incarnation_floor bigint not null default 0`;

/**
 * One row per incarnation that ended without a goodbye. suspect_ids: streams that it had got not
 * long before; suspect_ages: for how long it had had each, in ms.
 */
const LOSSES = `
create table instance_losses (
  fleet_id bigint not null,
  loss_id bigint generated always as identity,
  server_id text not null,
  incarnation bigint not null,
  cause text not null check (cause in ('taken-over', 'replaced')),
  last_sign_at timestamptz not null,
  lost_at timestamptz not null default weir_now(),
  held_count integer not null,
  suspect_ids bigint[] not null default '{}',
  suspect_ages integer[] not null default '{}',
  judged boolean not null default false,
  primary key (fleet_id, loss_id)
);
create index instance_losses_by_time on instance_losses (fleet_id, lost_at);
create index instance_losses_open on instance_losses (fleet_id) where not judged`;

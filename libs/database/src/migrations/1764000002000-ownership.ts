import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/** Who owns what: one assignment row per stream for ever, guarded by the schema itself. */
export class Ownership1764000002000 implements MigrationInterface {
  readonly name = 'Ownership1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ASSIGNMENTS);
    await runner.query(EPOCH_GUARD);
    await runner.query(COUNTERS);
    await runner.query(MOVES);
    await runner.query(STREAM_REPORTS);
  }

  down = refuseDown;
}

/**
 * not_before: nobody may run the stream earlier (what is left of a lease, or a wait after a
 * failure). autonomy_ms: the longest that the owner may have been promised, whatever the stream
 * says by now.
 */
const ASSIGNMENTS = `
create table assignments (
  fleet_id bigint not null,
  stream_id bigint not null,
  server_id text,
  incarnation bigint,
  epoch bigint not null default 0,
  status text not null default 'unassigned'
    check (status in ('unassigned', 'starting', 'running', 'stopping')),
  revision bigint not null default 0,
  not_before timestamptz,
  autonomy_ms bigint not null default 0,
  checkpoint jsonb,
  assigned_at timestamptz,
  last_moved_at timestamptz,
  failed_on text[] not null default '{}',
  failures integer not null default 0,
  unplaced_reasons jsonb,
  unassigned_since timestamptz default weir_now(),
  primary key (fleet_id, stream_id),
  foreign key (fleet_id, stream_id) references streams,
  check ((server_id is null) = (status = 'unassigned')),
  check ((server_id is null) = (incarnation is null))
) with (fillfactor = 80);
create index assignments_owner on assignments (fleet_id, server_id, revision)
  where server_id is not null;
create index assignments_revision on assignments (fleet_id, revision);
create index assignments_unassigned on assignments (fleet_id, stream_id) where status = 'unassigned';
create index assignments_stopping on assignments (fleet_id, stream_id) where status = 'stopping'`;

/**
 * The last line of defence: an epoch never falls, and another owner needs a higher one. Keeping a
 * stream over a new incarnation of the same server (registration with 'running') keeps its epoch.
 * The condition is the rule itself, so that a row that keeps it costs no call of the function.
 */
const EPOCH_GUARD = `
create function weir_guard_epoch() returns trigger language plpgsql as $$
begin
  if new.epoch < old.epoch then
    raise exception 'epoch of stream % may not fall from % to %', new.stream_id, old.epoch, new.epoch
      using errcode = 'WE001';
  end if;
  if new.server_id is not null and new.server_id is distinct from old.server_id
     and new.epoch <= old.epoch then
    raise exception 'stream % changes its owner without a higher epoch', new.stream_id
      using errcode = 'WE002';
  end if;
  return new;
end $$;
create trigger assignments_guard_epoch before update on assignments for each row
  when (new.epoch < old.epoch or (new.epoch = old.epoch and new.server_id is not null
    and new.server_id is distinct from old.server_id))
  execute function weir_guard_epoch();
create function weir_refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'assignments are never deleted: their epochs must not be forgotten'
    using errcode = 'WE003';
end $$;
create trigger assignments_never_deleted before delete on assignments for each row
  execute function weir_refuse_delete()`;

/**
 * instance_counters follows every change of assignments, whoever makes it: held (any status), run
 * (starting and running: what the instance should report), and their digest (XOR, so that taking
 * out is the same as putting in). Rows are locked in order of server_id.
 */
const COUNTERS = `
create function weir_count_assignments() returns trigger language plpgsql as $$
begin
  with delta as (
    select fleet_id, server_id, -1 as sign, status, stream_id, epoch, 0::bigint as revision
    from old_rows where server_id is not null
    union all
    select fleet_id, server_id, 1, status, stream_id, epoch, revision
    from new_rows where server_id is not null
  ), per_instance as (
    select fleet_id, server_id, sum(sign)::integer as held,
      (sum(sign) filter (where status in ('starting', 'running')))::integer as run,
      bit_xor(weir_assignment_hash(stream_id, epoch))
        filter (where status in ('starting', 'running')) as digest,
      max(revision) as revision
    from delta group by fleet_id, server_id
  )
  insert into instance_counters as c
    (fleet_id, server_id, held_count, run_count, run_digest, changed_revision)
  select fleet_id, server_id, held, coalesce(run, 0), coalesce(digest, 0), revision
  from per_instance order by fleet_id, server_id
  on conflict (fleet_id, server_id) do update set
    held_count = c.held_count + excluded.held_count,
    run_count = c.run_count + excluded.run_count,
    run_digest = c.run_digest # excluded.run_digest,
    changed_revision = greatest(c.changed_revision, excluded.changed_revision);
  return null;
end $$;
create trigger assignments_count after update on assignments
  referencing old table as old_rows new table as new_rows
  for each statement execute function weir_count_assignments()`;

/** A live move holds its stream (unique) and room on its target. */
const MOVES = `
create table moves (
  fleet_id bigint not null,
  move_id bigint generated always as identity,
  stream_id bigint not null,
  from_server_id text not null,
  to_server_id text not null,
  state text not null check (state in ('stopping', 'starting', 'done', 'aborted')),
  reason text not null,
  gain double precision not null default 0,
  cost double precision not null default 0,
  epoch bigint not null,
  deadline timestamptz not null,
  error text,
  created_at timestamptz not null default weir_now(),
  updated_at timestamptz not null default weir_now(),
  primary key (fleet_id, move_id),
  foreign key (fleet_id, stream_id) references streams
);
create unique index moves_live on moves (fleet_id, stream_id) where state in ('stopping', 'starting');
create index moves_live_target on moves (fleet_id, to_server_id) where state in ('stopping', 'starting');
create index moves_history on moves (fleet_id, created_at)`;

/**
 * The latest that an owner said of a stream: apart from assignments, because it changes all the
 * time.
 */
const STREAM_REPORTS = `
create table stream_reports (
  fleet_id bigint not null,
  stream_id bigint not null,
  server_id text not null,
  load double precision check (load >= 0),
  state text,
  error text,
  reported_at timestamptz not null default weir_now(),
  primary key (fleet_id, stream_id)
) with (fillfactor = 60);
create index stream_reports_by_time on stream_reports (fleet_id, reported_at)`;

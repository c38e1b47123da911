import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * Moves prepare their target, overlap when the stream is not exclusive, and can be planned ahead.
 * The previous release knows nothing of ends: it neither tells the target of one nor counts on
 * their room by itself, but the counters that it reads do, and a reserved epoch is safe from it
 * (see RESERVED). A preparation that it ends in silence is aborted at its deadline.
 */
export class MoveEnds1764000009000 implements MigrationInterface {
  readonly name = 'MoveEnds1764000009000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MOVE_ENDS);
    await runner.query(RESERVED);
    await runner.query(COUNTERS);
    await runner.query(OWNER_HAS_NO_END);
    await runner.query(MOVES);
    await runner.query(PLANS);
  }

  down = refuseDown;
}

/**
 * An instance that has something to do with a stream that another one owns: it prepares it, runs
 * it beside the owner (make before break), or has to stop what it prepared or ran. An end takes
 * room until it is gone, and dies with its incarnation. epoch was reserved for it.
 */
const MOVE_ENDS = `
create table move_ends (
  fleet_id bigint not null,
  stream_id bigint not null,
  server_id text not null,
  incarnation bigint not null,
  move_id bigint not null,
  epoch bigint not null,
  desired text not null check (desired in ('prepare', 'run', 'stop')),
  revision bigint not null,
  desired_since timestamptz not null default weir_now(),
  primary key (fleet_id, stream_id, server_id),
  foreign key (fleet_id, stream_id) references streams
) with (fillfactor = 70);
create index move_ends_server on move_ends (fleet_id, server_id, revision);
create index move_ends_move on move_ends (fleet_id, move_id)`;

/**
 * The highest epoch that was promised to the end of a move: nobody else ever gets it, nor one below
 * it. Whoever grants without knowing of it (the previous release) is given the next one above;
 * only the end that it was reserved for may become the owner under it.
 */
const RESERVED = `
alter table assignments
  add column reserved_epoch bigint not null default 0,
  add column stopping_since timestamptz;
create function weir_guard_reserved_epoch() returns trigger language plpgsql as $$
begin
  if new.reserved_epoch < old.reserved_epoch then
    raise exception 'the reserved epoch of stream % may not fall from % to %',
      new.stream_id, old.reserved_epoch, new.reserved_epoch using errcode = 'WE004';
  end if;
  if new.epoch > old.epoch and new.epoch <= old.reserved_epoch and not exists (
    select 1 from move_ends e where e.fleet_id = new.fleet_id and e.stream_id = new.stream_id
      and e.server_id = new.server_id and e.epoch = new.epoch and e.desired = 'run'
  ) then
    new.epoch := old.reserved_epoch + 1;
  end if;
  return new;
end $$;
create trigger assignments_guard_reserved_epoch before update on assignments for each row
  when (new.reserved_epoch < old.reserved_epoch
    or (new.epoch > old.epoch and new.epoch <= old.reserved_epoch))
  execute function weir_guard_reserved_epoch()`;

/**
 * instance_counters follows ends as it follows assignments: each is held, one with 'run' is run.
 * By row: ends are few, and only written under the fleet's lock, so that their order is of no
 * account.
 */
const COUNTERS = `
create function weir_count_move_end() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    update instance_counters c set
      held_count = c.held_count - 1,
      run_count = c.run_count - (old.desired = 'run')::integer,
      run_digest = case when old.desired = 'run'
        then c.run_digest # weir_assignment_hash(old.stream_id, old.epoch) else c.run_digest end
    where c.fleet_id = old.fleet_id and c.server_id = old.server_id;
  end if;
  if tg_op <> 'DELETE' then
    insert into instance_counters as c
      (fleet_id, server_id, held_count, run_count, run_digest, changed_revision)
    values (new.fleet_id, new.server_id, 1, (new.desired = 'run')::integer,
      case when new.desired = 'run' then weir_assignment_hash(new.stream_id, new.epoch) else 0 end,
      new.revision)
    on conflict (fleet_id, server_id) do update set
      held_count = c.held_count + 1,
      run_count = c.run_count + excluded.run_count,
      run_digest = c.run_digest # excluded.run_digest,
      changed_revision = greatest(c.changed_revision, excluded.changed_revision);
  end if;
  return null;
end $$;
create trigger move_ends_count after insert or update or delete on move_ends for each row
  execute function weir_count_move_end()`;

/** What becomes the owner of a stream is no end of it any more: a grant outranks what was. */
const OWNER_HAS_NO_END = `
create function weir_drop_end_of_owner() returns trigger language plpgsql as $$
begin
  delete from move_ends e using new_rows n
  where e.fleet_id = n.fleet_id and e.stream_id = n.stream_id and e.server_id = n.server_id;
  return null;
end $$;
create trigger assignments_drop_end after update on assignments
  referencing new table as new_rows
  for each statement execute function weir_drop_end_of_owner()`;

/** A planned move holds nothing yet. exclusive: the policy that it began with. */
const MOVES = `
alter table moves
  add column plan_id bigint,
  add column position integer,
  add column to_incarnation bigint,
  add column exclusive boolean not null default true,
  add column step_timeout_ms bigint not null default 30000,
  add column requested_by text,
  add column prepared_at timestamptz,
  add column started_at timestamptz,
  drop constraint moves_state_check,
  add constraint moves_state_check check (state in
    ('planned', 'preparing', 'stopping', 'starting', 'done', 'aborted', 'cancelled'));
drop index moves_live;
drop index moves_live_target;
create unique index moves_live on moves (fleet_id, stream_id)
  where state in ('preparing', 'stopping', 'starting');
create index moves_live_target on moves (fleet_id, to_server_id)
  where state in ('preparing', 'stopping', 'starting');
create index moves_live_source on moves (fleet_id, from_server_id)
  where state in ('preparing', 'stopping', 'starting');
create index moves_of_plan on moves (fleet_id, plan_id, position) where plan_id is not null`;

/** A rebalance that somebody asked for. At most one of a fleet is not over. */
const PLANS = `
create table plans (
  fleet_id bigint not null references fleets,
  plan_id bigint generated always as identity,
  state text not null
    check (state in ('planning', 'running', 'paused', 'cancelled', 'done', 'failed')),
  reason text,
  requested_by text not null,
  max_moves integer not null check (max_moves > 0),
  ignores_cooldown boolean not null default false,
  outcome text,
  scores jsonb,
  created_at timestamptz not null default weir_now(),
  planned_at timestamptz,
  updated_at timestamptz not null default weir_now(),
  finished_at timestamptz,
  primary key (fleet_id, plan_id)
);
create unique index plans_live on plans (fleet_id) where state in ('planning', 'running', 'paused')`;

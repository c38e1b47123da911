import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/** What happened, what was found, who may call, and which services run. */
export class HistoryAndOperations1764000003000 implements MigrationInterface {
  readonly name = 'HistoryAndOperations1764000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PARTITIONS);
    await runner.query(EVENTS);
    await runner.query(CONSISTENCY);
    await runner.query(HEALTH);
    await runner.query(OPERATIONS);
  }

  down = refuseDown;
}

/**
 * Keeps a table that is partitioned by day supplied: makes the partitions of today and the days
 * ahead, and drops those older than the retention. Rows of days without a partition go to the
 * default one, so that nothing is ever refused for want of a partition.
 */
const PARTITIONS = `
create function weir_maintain_partitions(parent text, days_ahead integer, keep_days integer)
returns integer language plpgsql as $$
declare
  day date;
  child text;
  changed integer := 0;
begin
  for day in select generate_series(current_date, current_date + days_ahead, interval '1 day')::date loop
    child := parent || '_' || to_char(day, 'YYYYMMDD');
    if to_regclass(child) is null then
      begin
        execute format('create table %I partition of %I for values from (%L) to (%L)',
          child, parent, day::timestamptz, (day + 1)::timestamptz);
        changed := changed + 1;
      exception when check_violation or duplicate_table then null;
      end;
    end if;
  end loop;
  for child in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass(parent) and c.relname ~ ('^' || parent || '_[0-9]{8}$')
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - keep_days loop
    execute format('drop table %I', child);
    changed := changed + 1;
  end loop;
  return changed;
end $$`;

/** xid lets a reader wait until nothing older can still be committed, and so miss nothing. */
const EVENTS = `
create table events (
  fleet_id bigint not null,
  event_id bigint generated always as identity,
  at timestamptz not null default weir_now(),
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  severity text not null default 'INFO' check (severity in ('INFO', 'WARNING', 'ERROR', 'CRITICAL')),
  stream_id bigint,
  server_id text,
  message text not null,
  detail jsonb not null default '{}',
  primary key (fleet_id, event_id, at)
) partition by range (at);
create index events_stream on events (fleet_id, stream_id, event_id) where stream_id is not null;
create index events_server on events (fleet_id, server_id, event_id) where server_id is not null;
create index events_kind on events (fleet_id, kind, event_id);
create index events_time on events (fleet_id, at);
create table events_default partition of events default;
select weir_maintain_partitions('events', 7, 90)`;

const CONSISTENCY = `
create table consistency_reports (
  fleet_id bigint not null references fleets,
  report_id bigint generated always as identity,
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  requested_by text not null,
  repair boolean not null,
  score double precision check (score between 0 and 1),
  streams_checked integer not null default 0,
  instances_checked integer not null default 0,
  findings_count integer not null default 0,
  repaired_count integer not null default 0,
  error text,
  created_at timestamptz not null default weir_now(),
  finished_at timestamptz,
  primary key (fleet_id, report_id)
);
create index consistency_reports_by_time on consistency_reports (fleet_id, created_at);
create table findings (
  fleet_id bigint not null,
  report_id bigint not null,
  finding_id bigint generated always as identity,
  kind text not null,
  severity text not null check (severity in ('INFO', 'WARNING', 'ERROR', 'CRITICAL')),
  stream_id bigint,
  server_id text,
  message text not null,
  evidence jsonb not null default '{}',
  repair text not null,
  repaired boolean not null default false,
  primary key (fleet_id, report_id, finding_id),
  foreign key (fleet_id, report_id) references consistency_reports on delete cascade
)`;

const HEALTH = `
create table health_samples (
  sample_id bigint generated always as identity,
  at timestamptz not null default weir_now(),
  overall text not null,
  health jsonb not null,
  primary key (sample_id, at)
) partition by range (at);
create index health_samples_by_time on health_samples (at);
create table health_samples_default partition of health_samples default;
select weir_maintain_partitions('health_samples', 7, 30);
create table service_status (
  service text not null,
  replica text not null,
  url text,
  version text not null,
  status text not null check (status in ('starting', 'ready', 'stopping', 'stopped', 'error', 'unknown')),
  beats bigint not null default 0,
  started_at timestamptz not null default weir_now(),
  last_seen timestamptz not null default weir_now(),
  detail jsonb not null default '{}',
  primary key (service, replica)
) with (fillfactor = 50)`;

/** operations answers "did my COMMIT happen?"; idempotency_keys answers a caller's repetition. */
const OPERATIONS = `
create table operations (
  operation_id uuid primary key,
  kind text not null,
  result jsonb,
  created_at timestamptz not null default weir_now()
);
create index operations_by_time on operations (created_at);
create table idempotency_keys (
  key_id bigint not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 256),
  request_hash bytea not null,
  status integer,
  body jsonb,
  created_at timestamptz not null default weir_now(),
  primary key (key_id, idempotency_key)
);
create index idempotency_keys_by_time on idempotency_keys (created_at);
create table api_keys (
  key_id bigint generated always as identity primary key,
  name text not null check (length(name) between 1 and 128),
  role text not null check (role in ('instance', 'operator', 'viewer')),
  fleet_id bigint references fleets,
  prefix text not null unique,
  secret_hash bytea not null,
  created_at timestamptz not null default weir_now(),
  last_used_at timestamptz,
  revoked_at timestamptz
)`;

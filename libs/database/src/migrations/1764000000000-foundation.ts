import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/** The clock, the epoch rule and the identity of the database: what every other table relies on. */
export class Foundation1764000000000 implements MigrationInterface {
  readonly name = 'Foundation1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CLOCK);
    await runner.query(EPOCH);
    await runner.query(HASH);
    await runner.query(CLUSTER_STATE);
  }

  down = refuseDown;
}

/** The only clock of ownership. Tests replace this one function to drive time. */
const CLOCK = `
create function weir_now() returns timestamptz
language sql volatile as $$ select clock_timestamp() $$`;

/** epoch = generation * 2^40 + counter; see nextEpoch in libs/domain. */
const EPOCH = `
create function weir_next_epoch(last_epoch bigint, generation integer) returns bigint
language sql immutable as $$
  select greatest(last_epoch, generation::bigint << 40) + 1
$$`;

/** First 8 bytes of SHA-256 of 'streamId:epoch' as bigint; see hashAssignment in libs/domain. */
const HASH = `
create function weir_assignment_hash(stream_id bigint, epoch bigint) returns bigint
language sql immutable as $$
  select ('x' || encode(substring(sha256(convert_to(stream_id::text || ':' || epoch::text, 'UTF8'))
    from 1 for 8), 'hex'))::bit(64)::bigint
$$`;

/**
 * One row: which database this is, and since when grants are allowed. Every grant locks it FOR
 * SHARE, so that a bump of the generation and a grant never pass each other.
 */
const CLUSTER_STATE = `
create table cluster_state (
  singleton boolean primary key default true check (singleton),
  generation integer not null default 0 check (generation between 0 and 8191),
  system_identifier text not null,
  timeline_id bigint not null,
  quarantine_until timestamptz,
  created_at timestamptz not null default weir_now()
);
insert into cluster_state (system_identifier, timeline_id)
select s.system_identifier::text,
  ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint
from pg_control_system() s`;

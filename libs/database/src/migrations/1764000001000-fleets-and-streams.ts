import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/** What is kept running, and where: fleets, streams, instances and their leases. */
export class FleetsAndStreams1764000001000 implements MigrationInterface {
  readonly name = 'FleetsAndStreams1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FLEETS);
    await runner.query(STREAMS);
    await runner.query(INSTANCES);
  }

  down = refuseDown;
}

/**
 * fleet_revisions is apart from fleets because it is the hottest row of a fleet: each change of
 * ownership locks it first, which orders revisions as commits are ordered (ADR 0003).
 */
const FLEETS = `
create table fleets (
  fleet_id bigint generated always as identity primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9._-]{1,128}$'),
  settings jsonb not null default '{}',
  created_at timestamptz not null default weir_now(),
  updated_at timestamptz not null default weir_now()
);
create table fleet_revisions (
  fleet_id bigint primary key references fleets on delete cascade,
  revision bigint not null default 0
) with (fillfactor = 50)`;

/** source is encrypted by the application; source_redacted is what operators are shown. */
const STREAMS = `
create table streams (
  fleet_id bigint not null references fleets,
  stream_id bigint generated always as identity,
  name text not null check (length(name) between 1 and 256),
  source_encrypted bytea not null,
  source_fingerprint bytea not null,
  source_redacted text not null,
  weight double precision not null default 1 check (weight > 0 and weight <= 1e9),
  priority smallint not null default 5 check (priority between 0 and 9),
  exclusive boolean not null default true,
  autonomy_ms bigint not null default 0 check (autonomy_ms between 0 and 86400000),
  requires jsonb not null default '{}',
  avoid jsonb not null default '{}',
  spread_group text,
  enabled boolean not null default true,
  config jsonb not null default '{}',
  deleted_at timestamptz,
  created_at timestamptz not null default weir_now(),
  updated_at timestamptz not null default weir_now(),
  primary key (fleet_id, stream_id)
);
create unique index streams_name on streams (fleet_id, name) where deleted_at is null`;

/**
 * instances.cordoned is the operator's wish and outlives a restart of the instance.
 * instance_leases is the hot row: a heartbeat changes it and nothing else. No index holds a column
 * that a heartbeat changes and pages are kept half empty, so that every renewal is a HOT update.
 * granted_ttl_ms is the longest lease that may still be relied on: it bounds how far ahead an
 * expiry can lie, so that a step of the clock heals with the next heartbeat.
 * instance_counters is kept by a trigger on assignments and only read by heartbeats.
 */
const INSTANCES = `
create table instances (
  fleet_id bigint not null references fleets,
  server_id text not null check (server_id ~ '^[A-Za-z0-9._-]{1,128}$'),
  host text not null,
  port integer not null check (port between 0 and 65535),
  status text not null check (status in ('ready', 'cordoned', 'draining', 'lost', 'left')),
  cordoned boolean not null default false,
  incarnation bigint not null,
  max_streams integer not null check (max_streams >= 0),
  capacity jsonb not null default '{}',
  zone text,
  labels jsonb not null default '{}',
  client_version text,
  failure_count integer not null default 0,
  recovery_count integer not null default 0,
  registered_at timestamptz not null default weir_now(),
  updated_at timestamptz not null default weir_now(),
  primary key (fleet_id, server_id)
);
create table instance_leases (
  fleet_id bigint not null,
  server_id text not null,
  incarnation bigint not null,
  fenced boolean not null default false,
  lease_expires_at timestamptz not null,
  granted_ttl_ms bigint not null,
  last_heartbeat timestamptz,
  renewals bigint not null default 0,
  seen_revision bigint not null default 0,
  running_count integer not null default 0,
  running_digest text not null default '0000000000000000',
  mismatched boolean not null default false,
  metrics jsonb not null default '{}',
  primary key (fleet_id, server_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
create table instance_counters (
  fleet_id bigint not null,
  server_id text not null,
  held_count integer not null default 0,
  run_count integer not null default 0,
  run_digest bigint not null default 0,
  changed_revision bigint not null default 0,
  primary key (fleet_id, server_id)
) with (fillfactor = 50)`;

import type { PostgresOptions } from './postgres.types';

/** Fit for 5,000 instances that report every five seconds, on a machine with 2 GB or more. */
const DEFAULTS: Readonly<Record<string, string>> = {
  // Only this machine, only TCP: a socket file in /tmp would clash with another server of the same
  // port.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  // Every service has a few small sets of connections; the sum stays below half of this.
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  // Heartbeats rewrite the same rows all the time: few, long checkpoints keep that cheap.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  // Hot rows need their dead versions removed soon; the default waits for a minute.
  autovacuum_naptime: '10s',
  autovacuum_vacuum_cost_limit: '1000',
  random_page_cost: '1.1',
  // All statements are short; compiling them would take longer than running them.
  jit: 'off',
  // Partitioned tables take one lock per partition.
  max_locks_per_transaction: '256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
  log_lock_waits: 'on',
  log_checkpoints: 'off',
};

/**
 * Spares the disk: what is committed is handed to the system but not forced to the disk, so only a
 * crash of the machine loses data. synchronous_commit stays on: without it a killed server forgets
 * commits that it has confirmed, which no test of a crash could tell from a fault of its own; once
 * fsync is off it costs little.
 */
const NOT_DURABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
};

/** Command line of the server: settings given there win over the files in the data folder. */
export function computePostgresArguments(options: PostgresOptions, dataDir: string): string[] {
  const settings: Record<string, string> = {
    ...DEFAULTS,
    ...(options.durable === false ? NOT_DURABLE : {}),
    ...options.settings,
    port: String(options.port),
  };
  return [
    '-D',
    dataDir,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

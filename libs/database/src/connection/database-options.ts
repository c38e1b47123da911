import type { DatabaseSection } from '@weir/config';

/** How to reach PostgreSQL, in plain values. Durations in ms. */
export interface DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** Longest time one ordinary statement may take. */
  readonly timeoutMs: number;
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  /** Most connections in each of this process's pools. */
  readonly connectionsMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** The options that follow from the environment, for the service called `applicationName`. */
export function databaseOptionsOf(
  section: DatabaseSection,
  applicationName: string,
): DatabaseOptions {
  return {
    host: section.host,
    port: section.port,
    name: section.name,
    user: section.user,
    password: section.password.reveal(),
    timeoutMs: section.timeoutMs,
    retriesMax: section.retriesMax,
    retryDelayMs: section.retryDelayMs,
    connectionsMax: section.connectionsMax,
    applicationName,
  };
}

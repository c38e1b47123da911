import type { SqlSession } from '../connection/sql-session';

export type ServiceState = 'starting' | 'ready' | 'stopping' | 'stopped' | 'error' | 'unknown';

/** What a replica of a service says of itself every few seconds. */
export interface ServiceBeat {
  readonly service: string;
  readonly replica: string;
  /** Where its health endpoints answer; null when it does not listen. */
  readonly url: string | null;
  readonly version: string;
  readonly status: ServiceState;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ServiceRecord extends ServiceBeat {
  readonly beats: number;
  readonly startedAt: Date;
  readonly lastSeen: Date;
  /** How long ago it was heard of, by the database's clock, in ms. */
  readonly silentMs: number;
}

/** Notes that a replica is alive. */
export async function writeServiceBeat(sql: SqlSession, beat: ServiceBeat): Promise<void> {
  await sql.query(
    `insert into service_status as s (service, replica, url, version, status, detail)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (service, replica) do update set
       url = excluded.url, version = excluded.version, status = excluded.status,
       detail = excluded.detail, beats = s.beats + 1, last_seen = weir_now(),
       started_at = case when excluded.status = 'starting' then weir_now() else s.started_at end`,
    [beat.service, beat.replica, beat.url, beat.version, beat.status, JSON.stringify(beat.detail)],
  );
}

/** Every replica that was heard of within `withinMs`. */
export function listServices(sql: SqlSession, withinMs: number): Promise<ServiceRecord[]> {
  return sql.query<ServiceRecord>(
    `select service, replica, url, version, status, detail, beats, started_at as "startedAt",
       last_seen as "lastSeen",
       extract(epoch from weir_now() - last_seen)::double precision * 1000 as "silentMs"
     from service_status where last_seen > weir_now() - $1 * interval '1 millisecond'
     order by service, replica`,
    [withinMs],
  );
}

import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'pg';

const TIMEOUT_MS = 2_000;
/** A patient reader asks so often, and waits so long in between: the machine may be busy. */
const PATIENT_ATTEMPTS = 6;
const PATIENT_WAIT_MS = 500;

/** A stream as the database has it. */
export interface StreamTruth {
  readonly streamId: string;
  readonly name: string;
  readonly isExclusive: boolean;
  readonly isEnabled: boolean;
  readonly serverId: string | null;
  readonly epoch: number;
  readonly status: string;
}

/** An event of the fleet. */
export interface EventTruth {
  readonly eventId: number;
  readonly kind: string;
  readonly streamId: string | null;
  readonly serverId: string | null;
  readonly message: string;
}

/**
 * Reads the database directly, past every proxy, with short time limits: what it cannot read at the
 * moment is not known.
 */
export class TruthReader {
  private constructor(
    private readonly pool: Pool,
    private readonly attempts: number,
  ) {}

  static connect(url: string): TruthReader {
    const pool = new Pool({
      connectionString: url,
      max: 3,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      statement_timeout: TIMEOUT_MS,
      application_name: 'weir-chaos',
    });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new TruthReader(pool, 1);
  }

  /** The same, for what must be known in the end: it asks again when there is no answer. */
  get patient(): TruthReader {
    return new TruthReader(this.pool, PATIENT_ATTEMPTS);
  }

  /** @throws when the database does not answer in time. */
  async query<T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.queryOnce<T>(text, values);
      } catch (error) {
        if (attempt >= this.attempts) throw error;
        await wait(PATIENT_WAIT_MS);
      }
    }
  }

  private async queryOnce<T extends object>(
    text: string,
    values: readonly unknown[],
  ): Promise<T[]> {
    const client = await this.pool.connect();
    let isBroken = true;
    try {
      const result = await client.query<T>(text, [...values]);
      isBroken = false;
      return result.rows;
    } finally {
      client.release(isBroken);
    }
  }

  /** Every stream that is not deleted. */
  streams(): Promise<StreamTruth[]> {
    return this.query<StreamTruth>(
      `select s.stream_id::text as "streamId", s.name, s.exclusive as "isExclusive",
         s.enabled as "isEnabled", a.server_id as "serverId", a.epoch::double precision as epoch,
         a.status
       from streams s join assignments a using (fleet_id, stream_id)
       where s.deleted_at is null`,
    );
  }

  /** The newest event, to read from there on later. */
  async lastEventId(): Promise<number> {
    const rows = await this.query<{ id: number }>(
      'select coalesce(max(event_id), 0)::double precision as id from events',
    );
    return rows[0]?.id ?? 0;
  }

  /** Events of these kinds that are newer. */
  events(afterEventId: number, kinds: readonly string[]): Promise<EventTruth[]> {
    return this.query<EventTruth>(
      `select event_id::double precision as "eventId", kind, stream_id::text as "streamId",
         server_id as "serverId", message
       from events where event_id > $1 and kind = any($2) order by event_id`,
      [afterEventId, kinds],
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

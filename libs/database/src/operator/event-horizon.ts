import type { SqlSession } from '../connection/sql-session';

/**
 * How far the ids of events have been given out, and which transactions may still hold some back.
 */
export interface HorizonReading {
  /** The highest id given out so far, committed or not. */
  readonly lastEventId: number;
  /** Every transaction below it is over. */
  readonly oldestRunning: bigint;
  /** No transaction from here on had begun to write. */
  readonly nextTransaction: bigint;
}

/**
 * Reads the horizon. The last id is read before the transactions are: a transaction that holds one
 * of those ids had begun by then (everything that appends events takes a lock first).
 */
export async function readEventHorizon(sql: SqlSession): Promise<HorizonReading> {
  const sequence = await sql.query<{ lastEventId: number }>(
    `select case when is_called then last_value else last_value - 1 end as "lastEventId"
     from events_event_id_seq`,
  );
  const snapshot = await sql.query<{ oldest: string; next: string }>(
    `select pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
       pg_snapshot_xmax(pg_current_snapshot())::text as next`,
  );
  return {
    lastEventId: sequence[0]?.lastEventId ?? 0,
    oldestRunning: BigInt(snapshot[0]?.oldest ?? 0),
    nextTransaction: BigInt(snapshot[0]?.next ?? 0),
  };
}

/**
 * The id up to which the history is settled: every event at or below it that will ever be committed
 * is visible now. Ids are given out before the commit, so the highest visible id is not enough: a
 * lower one may still appear. The ids of one reading are settled once every transaction that had
 * begun by then is over.
 */
export class EventHorizon {
  private settled = 0;
  private waiting: { readonly lastEventId: number; readonly until: bigint } | undefined;

  get settledEventId(): number {
    return this.settled;
  }

  /** True when a reading waits for transactions that were running: read again soon. */
  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Takes in a reading; one that comes while another waits is taken when that one is settled. */
  observe(reading: HorizonReading): void {
    if (this.waiting && reading.oldestRunning >= this.waiting.until) {
      this.settled = Math.max(this.settled, this.waiting.lastEventId);
      this.waiting = undefined;
    }
    if (reading.oldestRunning >= reading.nextTransaction) {
      this.settled = Math.max(this.settled, reading.lastEventId);
      this.waiting = undefined;
    } else if (!this.waiting && reading.lastEventId > this.settled) {
      this.waiting = { lastEventId: reading.lastEventId, until: reading.nextTransaction };
    }
  }
}

import type { FleetNotice } from './notification.listener';
import { FLEET_CHANNEL } from './notification.listener';
import type { SqlSession } from './sql-session';

/** PostgreSQL refuses payloads of 8,000 bytes; beyond this the names are left out. */
const PAYLOAD_BYTES_MAX = 7_500;

/** Announces a change when the surrounding transaction commits. Call it once per transaction. */
export async function notifyFleet(sql: SqlSession, notice: FleetNotice): Promise<void> {
  await sql.query('select pg_notify($1, $2)', [FLEET_CHANNEL, encodeNotice(notice)]);
}

/** The payload of a notice; without the servers when they do not fit, which means "any". */
export function encodeNotice(notice: FleetNotice): string {
  const payload = JSON.stringify(notice);
  if (Buffer.byteLength(payload) <= PAYLOAD_BYTES_MAX) return payload;
  const { servers: _servers, ...rest } = notice;
  return JSON.stringify(rest);
}

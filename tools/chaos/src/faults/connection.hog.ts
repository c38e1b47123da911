import { DATABASE_NAME } from '@weir/start';
import { Client } from 'pg';
import type { Plant } from '../plant/plant';

/** More than max_connections of the embedded PostgreSQL. */
const CONNECTIONS_MAX = 300;
const TIMEOUT_MS = 3_000;

/** Takes every connection that PostgreSQL has left. @returns how to give them back. */
export async function hogConnections(
  plant: Plant,
): Promise<{ readonly count: number; readonly release: () => Promise<void> }> {
  const held: Client[] = [];
  for (let at = 0; at < CONNECTIONS_MAX; at += 1) {
    const client = new Client({
      connectionString: plant.postgres.url(DATABASE_NAME),
      connectionTimeoutMillis: TIMEOUT_MS,
      application_name: 'weir-chaos-hog',
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch {
      // No connection is left: that is what was wanted.
      await client.end().catch(() => undefined);
      break;
    }
    held.push(client);
  }
  const release = async (): Promise<void> => {
    await Promise.all(held.map((client) => client.end().catch(() => undefined)));
  };
  return { count: held.length, release };
}

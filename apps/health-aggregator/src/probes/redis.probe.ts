import { findEvictionPolicy, QUEUE_PREFIX } from '@weir/queues';
import type { QueueConnection } from '@weir/queues';
import { randomUUID } from 'node:crypto';
import { measureBest, readProbe } from './probe.reading';
import type { ProbeReading } from './probe.reading';

/** How Redis is. Sizes in bytes; `memoryMaxBytes` 0: no limit. */
export interface RedisFigures {
  /** How long writing, reading and deleting one key took. */
  readonly roundTripMs: number;
  readonly memoryUsedBytes: number;
  readonly memoryMaxBytes: number;
  /** Undefined when the server does not tell. */
  readonly evictionPolicy: string | undefined;
  /** False when its last snapshot or its append-only file could not be written. */
  readonly isPersisting: boolean;
}

/** The key that is written lives this long when deleting it fails. */
const KEY_TTL_MS = 10_000;

export function probeRedisFigures(
  connection: QueueConnection,
): Promise<ProbeReading<RedisFigures>> {
  return readProbe(async () => {
    if (!connection.isReady) throw new Error('not connected');
    const roundTripMs = await measureBest(() => makeRoundTrip(connection));
    const info = await connection.client.info();
    const states = ['rdb_last_bgsave_status', 'aof_last_write_status'];
    return {
      roundTripMs,
      memoryUsedBytes: Number(fieldOf(info, 'used_memory') ?? 0),
      memoryMaxBytes: Number(fieldOf(info, 'maxmemory') ?? 0),
      evictionPolicy: await findEvictionPolicy(connection.client),
      isPersisting: states.every((state) => (fieldOf(info, state) ?? 'ok') === 'ok'),
    };
  });
}

async function makeRoundTrip({ client }: QueueConnection): Promise<void> {
  const key = `${QUEUE_PREFIX}:health-probe:${randomUUID()}`;
  await client.set(key, 'written', 'PX', KEY_TTL_MS);
  const read = await client.get(key);
  await client.del(key);
  if (read !== 'written') throw new Error('a key that was written could not be read');
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1];
}

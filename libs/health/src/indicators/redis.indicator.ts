import { Injectable } from '@nestjs/common';
import { findEvictionPolicy, QueueConnection } from '@weir/queues';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

/**
 * Redis answers. Not required: it is the doorbell, and every loop goes on by its cadence without
 * it.
 */
@Injectable()
export class RedisIndicator extends Indicator {
  readonly name = 'redis';
  readonly isRequired = false;

  constructor(private readonly connection: QueueConnection) {
    super();
  }

  async read(): Promise<Reading> {
    const { client, reconnectCount, isReady } = this.connection;
    if (!isReady) return { status: 'down', error: 'not connected', details: { reconnectCount } };
    await client.ping();
    const info = await client.info();
    const evictionPolicy = await findEvictionPolicy(client);
    const details = {
      version: fieldOf(info, 'valkey_version') ?? fieldOf(info, 'redis_version') ?? null,
      memoryUsedBytes: Number(fieldOf(info, 'used_memory') ?? 0),
      memoryMaxBytes: Number(fieldOf(info, 'maxmemory') ?? 0),
      evictionPolicy: evictionPolicy ?? null,
      reconnectCount,
    };
    if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
      const error = `maxmemory-policy is ${evictionPolicy}, must be noeviction`;
      return { status: 'degraded', error, details };
    }
    return { status: 'up', details };
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1];
}

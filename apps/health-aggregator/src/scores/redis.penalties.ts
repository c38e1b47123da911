import type { ProbeReading } from '../probes/probe.reading';
import type { RedisFigures } from '../probes/redis.probe';
import { ramp } from './penalty';
import type { Penalty } from './penalty';

const BYTES_PER_MIB = 1024 * 1024;

/**
 * | measure | free up to | full share from | share |
 * |---|---|---|---|
 * | writing, reading and deleting a key | 50 ms | 500 ms | 0.2 |
 * | memory used / allowed | 0.8 | 1 | 0.5 |
 * | it does not answer: loops wait for their cadence | | | 0.2 |
 */
export function redisPenalties(redis: ProbeReading<RedisFigures>): Penalty[] {
  if (redis.kind === 'failed') {
    const message = 'without Redis every loop goes on by its cadence only, a second or so later';
    return [{ share: 0.2, severity: 'WARNING', message }];
  }
  const { roundTripMs, memoryUsedBytes, memoryMaxBytes } = redis.figures;
  const used = memoryMaxBytes > 0 ? memoryUsedBytes / memoryMaxBytes : 0;
  const usedMib = Math.round(memoryUsedBytes / BYTES_PER_MIB);
  return [
    {
      share: 0.2 * ramp(roundTripMs, 50, 500),
      severity: 'WARNING',
      message:
        `three commands to Redis take ${Math.round(roundTripMs)} ms: see the load of its ` + 'host',
    },
    {
      share: 0.5 * ramp(used, 0.8, 1),
      severity: 'WARNING',
      message:
        `Redis uses ${usedMib} MiB, ${Math.round(used * 100)} % of maxmemory: raise it ` +
        'before writes are refused',
    },
  ];
}

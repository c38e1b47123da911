import { Injectable } from '@nestjs/common';
import { getHeapStatistics } from 'node:v8';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

/** Above this share of the heap's limit, garbage collection begins to take most of the time. */
const DEGRADED_HEAP_SHARE = 0.9;

/** Memory of this process, in bytes. */
@Injectable()
export class MemoryIndicator extends Indicator {
  readonly name = 'memory';
  readonly isRequired = false;

  async read(): Promise<Reading> {
    const { rss, heapUsed, external } = process.memoryUsage();
    const heapMaxBytes = getHeapStatistics().heap_size_limit;
    const details = {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      heapMaxBytes,
      externalBytes: external,
    };
    const share = heapUsed / heapMaxBytes;
    if (share < DEGRADED_HEAP_SHARE) return { status: 'up', details };
    return { status: 'degraded', error: `heap is ${Math.round(share * 100)} % full`, details };
  }
}

import { Injectable } from '@nestjs/common';
import { statfs } from 'node:fs/promises';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

const DEGRADED_FREE_SHARE = 0.05;

/** Room on the file system that the service runs on, in bytes. */
@Injectable()
export class DiskIndicator extends Indicator {
  readonly name = 'disk';
  readonly isRequired = false;

  async read(): Promise<Reading> {
    const { bsize, blocks, bavail } = await statfs(process.cwd());
    const details = { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    const freeShare = blocks === 0 ? 1 : bavail / blocks;
    if (freeShare >= DEGRADED_FREE_SHARE) return { status: 'up', details };
    return { status: 'degraded', error: `${Math.round(freeShare * 100)} % free`, details };
  }
}

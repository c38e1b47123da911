import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** Enough for the last lines of any log. */
const TAIL_BYTES = 16_384;

/** The last `count` lines of a file; none when it is not there. */
export function readLastLines(path: string, count: number): string[] {
  if (!existsSync(path)) return [];
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    closeSync(file);
  }
}

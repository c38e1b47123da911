import { existsSync, renameSync, writeFileSync } from 'node:fs';

/** Where Debian and its relatives put libfaketime. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
  '/usr/local/lib/faketime/libfaketimeMT.so.1',
];

/** The library that fakes clocks; undefined where it is not installed. */
export function findFakeTimeLibrary(): string | undefined {
  return LIBRARIES.find((path) => existsSync(path));
}

/**
 * The wall clock of the processes that get its environment, which can be stepped while they run.
 * Their monotonic clock stays what it is.
 */
export class FakeClock {
  constructor(
    private readonly file: string,
    private readonly library: string,
  ) {
    this.step(0);
  }

  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /**
   * From now on their wall clock is so far from the real one.
   * @param rate how fast it runs beside the real one.
   */
  step(offsetMs: number, rate = 1): void {
    const sign = offsetMs < 0 ? '-' : '+';
    const seconds = (Math.abs(offsetMs) / 1_000).toFixed(3);
    const text = `${sign}${seconds}${rate === 1 ? '' : ` x${rate}`}\n`;
    // Replaced as a whole: a reader must never see half of it.
    writeFileSync(`${this.file}.new`, text, { mode: 0o644 });
    renameSync(`${this.file}.new`, this.file);
  }
}

import { openSync, writeSync } from 'node:fs';
import type { JournalLine } from './journal.line';

/** Appends synchronously: what is written before an effect is in the file when it happens. */
export class JournalFile {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a', 0o640);
  }

  write(line: JournalLine): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** A line of this moment. */
  note(kind: string, more: Omit<JournalLine, 'at' | 'kind'> = {}): void {
    this.write({ at: String(process.hrtime.bigint()), kind, ...more });
  }
}

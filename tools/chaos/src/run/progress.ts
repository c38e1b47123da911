import colors from 'picocolors';

/** Tells on the terminal what is being done, and since when. */
export class Progress {
  private readonly startedMs = performance.now();
  private last = '';

  constructor(private readonly write: (text: string) => void) {}

  /** The same text again is not repeated. */
  tell(row: string, text: string): void {
    const line = `${row} ${text}`;
    if (line === this.last) return;
    this.last = line;
    this.write(`${colors.dim(this.elapsed())} ${colors.bold(row.padEnd(6))} ${text}\n`);
  }

  private elapsed(): string {
    const seconds = (performance.now() - this.startedMs) / 1_000;
    return `${seconds.toFixed(1).padStart(7)} s`;
  }
}

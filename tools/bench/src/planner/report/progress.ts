/** Tells on stderr what is measured: one line that changes on a terminal, else plain lines. */
export class Progress {
  private readonly startedAt = performance.now();

  say(text: string): void {
    const seconds = ((performance.now() - this.startedAt) / 1_000).toFixed(0);
    const line = `${seconds.padStart(4)} s  ${text}`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    // A line that is longer than the terminal cannot be taken back.
    else process.stderr.write(`\r\u001b[K${line.slice(0, process.stderr.columns - 1)}`);
  }

  /** Leaves nothing behind on a terminal. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}

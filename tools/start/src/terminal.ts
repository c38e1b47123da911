import picocolors from 'picocolors';

/** Where to write, and what it can do. */
export interface Terminal {
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

export const colors = picocolors;

/** The terminal of this process; colours and redrawing only when it is one (NO_COLOR is obeyed). */
export function processTerminal(): Terminal {
  const { stdout } = process;
  return {
    isInteractive: stdout.isTTY === true && process.env['TERM'] !== 'dumb',
    get columns() {
      return stdout.columns || 100;
    },
    get rows() {
      return stdout.rows || 40;
    },
    write: (text) => void stdout.write(text),
  };
}

/** Draws a block of lines over the one drawn before. */
export class Block {
  private drawn = 0;

  constructor(private readonly terminal: Terminal) {}

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, this.terminal.rows - 1));
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A` : '';
    this.terminal.write(`${up}\r\u001b[J${shown.join('\n')}\n`);
    this.drawn = shown.length;
  }

  /** Leaves what is drawn where it is; the next block begins below it. */
  keep(): void {
    this.drawn = 0;
  }
}

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Cuts or fills plain text to exactly `width` columns. */
export function fitTo(text: string, width: number): string {
  const clean = text.replace(ANSI, '');
  if (clean.length <= width) return clean.padEnd(width);
  return width <= 1 ? clean.slice(0, width) : `${clean.slice(0, width - 1)}…`;
}

/** "850 ms", "2.3 s", "1 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

import { cpus } from 'node:os';

/** Prints a table: the first row is the head, figures are right-aligned. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    print(cells.join('  '));
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the figures were measured on. */
export function printMachine(): void {
  const model = cpus()[0]?.model ?? 'unknown processor';
  print(
    `Node.js ${process.versions.node}, ${cpus().length} x ${model}; everything on this machine`,
  );
}

/** A whole number with thousands separated. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

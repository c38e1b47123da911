import { cpus, loadavg, platform, release, totalmem } from 'node:os';

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

/** What the figures were measured on, for programs. */
export function describeMachine(): object {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    loadAverages: loadavg(),
    system: `${platform()} ${release()}`,
  };
}

/** A whole number with thousands separated. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

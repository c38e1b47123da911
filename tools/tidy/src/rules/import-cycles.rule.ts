import { importGraphOf } from '../imports';
import type { Finding, TidyRule } from '../source-file';

/**
 * Files that import one another in a circle are one file in pieces, and load in an order that
 * nobody chose.
 */
export const importCyclesRule: TidyRule = {
  name: 'import-cycles',
  check: (files) => {
    const graph = importGraphOf(files, (statement) => !statement.isTypeOnly);
    return findCycles(graph).map(toFinding);
  },
};

function toFinding(cycle: readonly string[]): Finding {
  return { path: cycle[0] ?? '', line: 1, message: `import cycle: ${cycle.join(' -> ')}` };
}

/**
 * One cycle for each import that closes a circle: a depth-first search that looks at every file
 * once.
 */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

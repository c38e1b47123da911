import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of `pid` and everything that it started. Linux only: reads /proc. */
export function treeOf(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const [child, parent] of listProcesses()) {
    parents.set(parent, [...(parents.get(parent) ?? []), child]);
  }
  const tree: number[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    tree.push(next);
    waiting.push(...(parents.get(next) ?? []));
  }
  return tree;
}

/** Sends a signal to a process and everything that it started; who is gone is left out. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const member of treeOf(pid)) {
    try {
      process.kill(member, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function listProcesses(): [number, number][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      const parent = readParent(name);
      return parent === undefined ? [] : [[Number(name), parent]];
    });
}

/** The second number after the program's name, which is in brackets and may hold anything. */
function readParent(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_STACK_OPTIONS, Stack } from '@weir/start';
import { residentMb } from './program';
import { print, printMachine, printTable } from './report';

const ROOT = join(__dirname, '..', '..', '..');
const BASE_PORT = 33_000;
/** Memory is read after the fleet has played for this long. In ms. */
const SETTLE_MS = 30_000;

/**
 * Starts and stops the whole of Weir twice from built code: with an empty folder, then with its
 * data.
 */
async function main(): Promise<void> {
  printMachine();
  const home = mkdtempSync(join(tmpdir(), 'weir-bench-start-'));
  const rows = [['start', 'seconds until ready', 'seconds to stop']];
  let memory: string[][] = [];
  for (const name of ['first, making the database', 'second, with its data']) {
    const pids = new Set<string>();
    const stack = new Stack(
      { ...DEFAULT_STACK_OPTIONS, root: ROOT, home, basePort: BASE_PORT },
      (news) => pids.add(news.name),
    );
    const startedAt = performance.now();
    await stack.start();
    const startMs = performance.now() - startedAt;
    if (memory.length === 0) {
      await wait(SETTLE_MS);
      memory = [...pids].map((part) => [part, residentMb(stack.pidOf(part)).toFixed(0)]);
    }
    const stoppedAt = performance.now();
    await stack.stop();
    rows.push([
      name,
      (startMs / 1_000).toFixed(1),
      ((performance.now() - stoppedAt) / 1_000).toFixed(1),
    ]);
  }
  rmSync(home, { recursive: true, force: true });
  printTable(rows);
  print('');
  printTable([['part', 'MiB resident'], ...memory.filter(([, value]) => value !== '0')]);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

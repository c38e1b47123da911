import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadOrder, LoadResult } from './load.generator';

const run = promisify(execFile);

/** Sends load from a process of its own. */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const generator = join(__dirname, 'load.generator.js');
  const { stdout } = await run(process.execPath, [generator, JSON.stringify(order)]);
  return JSON.parse(stdout) as LoadResult;
}

/** Starts the yardstick. */
export function startEcho(): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(__dirname, 'echo.server.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.once('error', reject);
    child.stdout.once('data', (text: Buffer) => resolve({ port: Number(String(text)), child }));
  });
}

/** Resident memory of a process in MiB; 0 when it is gone. */
export function residentMb(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

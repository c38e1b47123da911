import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { HerdOrder, HerdResult } from './herd.order';

const PROGRAM = join(__dirname, 'herd.program.js');

/** Runs an order in a process of its own. @throws Error when that fails. */
export async function runHerd(order: HerdOrder, signal: AbortSignal): Promise<HerdResult[]> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], signal });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  child.stdin.on('error', () => undefined).end(JSON.stringify(order));
  const output = await Promise.race([text(child.stdout), failed]);
  if (output === '') throw new Error('the herd ended without a result');
  return JSON.parse(output) as HerdResult[];
}

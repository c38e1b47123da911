import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { FiguresOf, OrderOf, PartName } from './part.list';

/** gc() between runs, and a heap that no case fills. */
export const NODE_FLAGS = ['--expose-gc', '--max-old-space-size=8192'];

/**
 * Measures one part in a process of its own. @throws Error when it fails; what it said went to
 * stderr.
 */
export async function runPart<Name extends PartName>(
  name: Name,
  order: OrderOf<Name>,
): Promise<FiguresOf<Name>> {
  const program = join(__dirname, 'part.program.js');
  const args = [...NODE_FLAGS, program, name, JSON.stringify(order)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the part ${name} ended with ${code}: ${JSON.stringify(order)}`);
  return JSON.parse(output) as FiguresOf<Name>;
}

// npm run chaos: builds what it needs and runs the fault test. Arguments go on to it:
// npm run chaos -- --help
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { assertNodeVersion, build, install, nodeProgram, root } from './lib/workspace.mjs';

const PROJECTS = [
  'chaos',
  'database',
  'orchestrator-api',
  'balancer-worker',
  'consistency-checker',
  'health-aggregator',
];

async function main() {
  assertNodeVersion();
  await install((text) => process.stderr.write(text));
  await build(PROJECTS);
  // Ctrl-C reaches the program by itself; this one only waits for it to end everything.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  const program = join(root, 'tools/chaos/dist/chaos.program.js');
  const child = spawn(nodeProgram(), [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) =>
    child.once('exit', (code) => resolve(code ?? 1)),
  );
}

main().catch((error) => {
  process.stderr.write(`chaos: ${error.message}\n`);
  process.exitCode = 1;
});

// npm start: installs and builds what is missing, then starts the whole of Weir on this machine.
// Arguments go on to the starter: npm start -- --help
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  assertNodeVersion,
  build,
  install,
  isInstalled,
  nodeProgram,
  root,
} from './lib/workspace.mjs';

const PROJECTS = [
  'start',
  'database',
  'orchestrator-api',
  'balancer-worker',
  'consistency-checker',
  'health-aggregator',
  'stream-worker',
];

async function main() {
  assertNodeVersion();
  if (!isInstalled()) await step('installing dependencies', install);
  await step('building', (onOutput) => build(PROJECTS, onOutput));
  const starter = join(root, 'tools/start/dist/main.js');
  // Ctrl-C reaches the starter by itself; this program only waits for it to stop everything.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  const child = spawn(nodeProgram(), [starter, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** Says what is being done and for how long, on one line. */
async function step(name, work) {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
  const isTerminal = process.stdout.isTTY === true;
  if (!isTerminal) process.stdout.write(`${name}\n`);
  const timer =
    isTerminal && setInterval(() => process.stdout.write(`\r${name} … ${seconds()} `), 250);
  try {
    await work(() => undefined);
    process.stdout.write(`${isTerminal ? '\r' : ''}${name}: done in ${seconds()}\n`);
  } finally {
    clearInterval(timer);
  }
}

main().catch((error) => {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
});

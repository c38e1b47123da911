// npm run bench:NAME: builds what the benchmark needs and runs it.
import { join } from 'node:path';
import {
  assertNodeVersion,
  build,
  install,
  nodeProgram,
  root,
  runAttached,
} from './lib/workspace.mjs';

const BENCHMARKS = {
  api: ['heartbeat.bench.js', 'placement.bench.js', 'failover.bench.js', 'start.bench.js'],
  heartbeat: ['heartbeat.bench.js'],
  placement: ['placement.bench.js'],
  failover: ['failover.bench.js'],
  start: ['start.bench.js'],
};

async function main() {
  assertNodeVersion();
  const [name = ''] = process.argv.slice(2);
  const programs = BENCHMARKS[name];
  if (!programs)
    throw new Error(
      `there is no benchmark ${name}; choose one of ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  await install((text) => process.stderr.write(text));
  await build([
    'bench',
    'orchestrator-api',
    'balancer-worker',
    'consistency-checker',
    'health-aggregator',
    'stream-worker',
  ]);
  for (const program of programs) {
    const code = runAttached(nodeProgram(), [join(root, 'tools/bench/dist', program)]);
    if (code !== 0) process.exitCode = code;
  }
}

main().catch((error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});

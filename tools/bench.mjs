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

/** What the benchmarks start that run against the whole of Weir. */
const SERVICES = [
  'orchestrator-api',
  'balancer-worker',
  'consistency-checker',
  'health-aggregator',
  'stream-worker',
];

/** The programs of each, and what must be built beside themselves and what they import. */
const BENCHMARKS = {
  api: {
    programs: ['heartbeat.bench.js', 'placement.bench.js', 'failover.bench.js', 'start.bench.js'],
    projects: SERVICES,
  },
  heartbeat: { programs: ['heartbeat.bench.js'], projects: SERVICES },
  placement: { programs: ['placement.bench.js'], projects: SERVICES },
  failover: { programs: ['failover.bench.js'], projects: SERVICES },
  'mass-loss': { programs: ['mass-loss.bench.js'], projects: SERVICES },
  handoff: { programs: ['handoff.bench.js'], projects: SERVICES },
  compare: { programs: ['compare.bench.js'], projects: SERVICES },
  rolling: { programs: ['rolling.bench.js'], projects: SERVICES },
  start: { programs: ['start.bench.js'], projects: SERVICES },
  planner: { programs: ['planner.bench.js'], projects: [] },
};

async function main() {
  assertNodeVersion();
  const [name = '', ...more] = process.argv.slice(2);
  const benchmark = BENCHMARKS[name];
  if (!benchmark)
    throw new Error(
      `there is no benchmark ${name}; choose one of ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  await install((text) => process.stderr.write(text));
  await build(['bench', ...benchmark.projects]);
  for (const program of benchmark.programs) {
    const path = join(root, 'tools/bench/dist', program);
    const code = runAttached(nodeProgram(), [path, ...more]);
    if (code !== 0) process.exitCode = code;
  }
}

main().catch((error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});

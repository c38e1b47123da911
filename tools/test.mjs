// npm test: installs what is missing, starts one PostgreSQL for all tests, and runs every test that
// this machine can run. Arguments go to Nx: npm test -- --projects=planner
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assertNodeVersion,
  build,
  install,
  nodeProgram,
  nxEnvironment,
  root,
  runAttached,
} from './lib/workspace.mjs';

const CONTAINER_TESTS = [
  'ownership, retries and indices of libs/database on the postgres:17 image',
  'queues and doorbells on the redis:8.0 image',
];

async function main() {
  assertNodeVersion();
  // Ctrl-C reaches the tests by themselves; this program stays to stop PostgreSQL.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  say(await install((text) => process.stderr.write(text)));
  await build(['embedded']);
  const postgres = await startPostgres();
  let code;
  try {
    code = runAttached(
      nodeProgram(),
      [
        join(root, 'node_modules/nx/dist/bin/nx.js'),
        'run-many',
        '-t',
        'test',
        '--parallel=2',
        '--output-style=static',
        ...process.argv.slice(2),
      ],
      { ...nxEnvironment, TEST_DATABASE_URL: postgres.url },
    );
  } finally {
    await postgres.stop();
  }
  reportContainerTests();
  process.exitCode = code;
}

async function startPostgres() {
  const require = createRequire(import.meta.url);
  const embedded = require(join(root, 'libs/embedded/dist/index.js'));
  const folder = mkdtempSync(join(tmpdir(), 'weir-tests-'));
  const [port] = await embedded.freePorts(1);
  const server = await embedded.startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    port,
    password: 'test',
    durable: false,
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url(), stop };
}

function reportContainerTests() {
  const hasEngine = spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;
  for (const name of CONTAINER_TESTS) {
    say(
      hasEngine
        ? `in npm run test:containers: ${name}`
        : `skipped, no container engine here: ${name}`,
    );
  }
}

function say(text) {
  process.stdout.write(`test: ${text}\n`);
}

main().catch((error) => {
  process.stderr.write(`test: ${error.message}\n`);
  process.exitCode = 1;
});

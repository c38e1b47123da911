// npm run test:containers: the tests of the database and the queues against the images that Weir
// runs on in production, started by Testcontainers.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  assertNodeVersion,
  install,
  nodeProgram,
  nxEnvironment,
  root,
  runAttached,
} from './lib/workspace.mjs';

async function main() {
  assertNodeVersion();
  await install((text) => process.stderr.write(text));
  const require = createRequire(import.meta.url);
  const { GenericContainer, Wait } = require('testcontainers');
  const containers = await Promise.all([
    new GenericContainer('postgres:17')
      .withEnvironment({ POSTGRES_PASSWORD: 'test' })
      .withExposedPorts(5432)
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start(),
    new GenericContainer('redis:8.0')
      .withExposedPorts(6379)
      .withCommand(['redis-server', '--maxmemory-policy', 'noeviction'])
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start(),
  ]);
  const [postgres, redis] = containers;
  const env = {
    ...nxEnvironment,
    TEST_DATABASE_URL: `postgres://postgres:test@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
    TEST_REDIS_URL: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`,
  };
  try {
    const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
    process.exitCode = runAttached(
      nodeProgram(),
      [
        nx,
        'run-many',
        '-t',
        'test',
        '--projects=database-tests,testing,queues',
        '--skip-nx-cache',
        '--output-style=static',
      ],
      env,
    );
  } finally {
    await Promise.all(containers.map((container) => container.stop()));
  }
}

main().catch((error) => {
  process.stderr.write(`test:containers: ${error.message}\n`);
  process.exitCode = 1;
});

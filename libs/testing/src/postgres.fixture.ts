import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startPostgres } from '@weir/embedded';

/** A PostgreSQL for tests: where its superuser connects. */
export interface PostgresFixture {
  /** postgres:// address of the maintenance database. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The PostgreSQL of this test run: the one that TEST_DATABASE_URL names (the test command starts
 * one for all), else one of its own for this file.
 */
export async function providePostgres(): Promise<PostgresFixture> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, close: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-postgres-'));
  const [port] = await freePorts(1);
  const server = await startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    port: port ?? 0,
    password: 'test',
    durable: false,
  });
  return {
    url: server.url(),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

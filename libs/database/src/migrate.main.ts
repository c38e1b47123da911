#!/usr/bin/env node
import { ConfigurationError, DatabaseSection, SecretsSection, loadConfig } from '@weir/config';
import type { Role } from '@weir/domain';
import { Database } from './connection/database';
import { databaseOptionsOf } from './connection/database-options';
import { migrate } from './connection/migrator';
import { storeKey } from './keys/key.repository';

/** Exit code for a configuration that cannot be used (EX_CONFIG of sysexits.h). */
const EXIT_CONFIG = 78;

/** Brings the schema up to date and stores the first API keys, then ends. */
async function main(): Promise<void> {
  const config = loadConfig({ database: DatabaseSection, secrets: SecretsSection }, process.env);
  const options = databaseOptionsOf(config.database, 'weir-migrate');
  const ran = await migrate(options);
  say(ran.length > 0 ? `ran ${ran.length} migrations: ${ran.join(', ')}` : 'schema is up to date');
  await storeFirstKeys(options, config.secrets);
}

async function storeFirstKeys(
  options: ReturnType<typeof databaseOptionsOf>,
  secrets: SecretsSection,
): Promise<void> {
  const first: readonly [Role, string | undefined][] = [
    ['operator', secrets.operatorKey?.reveal()],
    ['instance', secrets.instanceKey?.reveal()],
    ['viewer', secrets.viewerKey?.reveal()],
  ];
  const database = new Database(options, (error) => say(error.message));
  try {
    for (const [role, key] of first) {
      if (key) await storeKey(database.control, `first ${role} key`, role, key);
    }
  } finally {
    await database.close();
  }
}

function say(message: string): void {
  process.stdout.write(`migrate: ${message}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`migrate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigurationError ? EXIT_CONFIG : 1;
});

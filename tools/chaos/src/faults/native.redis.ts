import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why Redis cannot be set up here: the stand-in from npm has no memory limit. */
export function findRedisObstacle(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const programs = folders.flatMap((folder) =>
    ['redis-server', 'valkey-server'].map((name) => join(folder, name)),
  );
  return programs.some((path) => existsSync(path)) ? undefined : 'redis-server is missing';
}

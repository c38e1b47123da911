import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * Which program speaks Redis' protocol; `js-redis-server` is the npm package, the others are
 * native.
 */
export type RedisKind = 'redis-server' | 'valkey-server' | 'js-redis-server';

/** The native ones, in the order of preference. */
const NATIVE = ['redis-server', 'valkey-server'] as const;

/** A native Redis that this machine can run. */
export interface RedisProgram {
  readonly kind: (typeof NATIVE)[number];
  readonly file: string;
}

/**
 * Looks for a native Redis in the folders of `searchPath` (default: PATH). Undefined when there is
 * none.
 * @param kind only this one; absent: the first of redis-server and valkey-server.
 */
export async function findRedisProgram(
  kind?: RedisKind,
  searchPath = process.env.PATH ?? '',
): Promise<RedisProgram | undefined> {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const candidate of NATIVE.filter((name) => kind === undefined || name === kind)) {
    for (const folder of folders) {
      const file = join(folder, candidate);
      if (await isExecutable(file)) {
        return { kind: candidate, file };
      }
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

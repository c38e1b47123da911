import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedError } from './embedded.error';
import { findClosedParent } from './folder.access';
import { maybeCopyPackage } from './postgres.copy';
import { completePackage, findPostgresPackage, type PostgresPackage } from './postgres.package';
import type { SystemUser } from './postgres.user';

/** Programs of one PostgreSQL, ready to run. */
export interface PostgresBinaries {
  /** Version of the npm package that they come from. */
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** Where to look and where to copy, when it is not the usual place. */
export interface BinariesPlaces {
  readonly from?: PostgresPackage;
  /** Folders that a copy may go to; the first usable one wins. */
  readonly cacheDirs?: readonly string[];
}

/**
 * The PostgreSQL that npm installed for this platform, in a folder that `user` (undefined: this
 * process) can run it from. That is the package itself, or a copy of it, made once, when the way to
 * the package is closed to `user` (a clone in /root) or the package is incomplete and read-only.
 * @throws EmbeddedError UNSUPPORTED_PLATFORM, BINARIES_MISSING
 */
export async function providePostgresBinaries(
  user: SystemUser | undefined,
  places: BinariesPlaces = {},
): Promise<PostgresBinaries> {
  const { native, version } = places.from ?? (await findPostgresPackage());
  const isReachable = !user || !(await findClosedParent(join(native, 'bin', 'postgres'), user));
  if (isReachable && (await completePackage(native))) {
    return binariesIn(native, version);
  }
  const cacheDirs = places.cacheDirs ?? defaultCacheDirs();
  for (const cacheDir of cacheDirs) {
    const target = join(cacheDir, `postgres-${version}-${arch()}`);
    const copy = await maybeCopyPackage(native, target, user);
    if (copy !== undefined) {
      return binariesIn(copy, version);
    }
  }
  throw new EmbeddedError(
    'BINARIES_MISSING',
    `PostgreSQL in ${native} cannot be run from there, and none of ${cacheDirs.join(', ')} ` +
      'can hold a copy of it.',
  );
}

function binariesIn(native: string, version: string): PostgresBinaries {
  const bin = join(native, 'bin');
  return { version, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function defaultCacheDirs(): string[] {
  const uid = process.getuid?.() ?? 0;
  // A folder in the shared temporary folder is only used when it is ours: see ensureOwnFolder.
  const temporary = join(tmpdir(), `weir-cache-${uid}`);
  return uid === 0 ? ['/var/cache/weir', temporary] : [temporary];
}

import { installedBy, manifestsOf } from '../manifests';
import type { Finding, TidyRule } from '../source-file';

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * `npm ci` refuses a lockfile that says something else than a package.json. This finds out without
 * a network.
 */
export const lockfileRule: TidyRule = {
  name: 'lockfile',
  check: (files) => {
    const lock = files.find((file) => file.path === 'package-lock.json');
    if (lock === undefined) return [];
    const { packages } = JSON.parse(lock.text) as { packages: Record<string, LockedPackage> };
    return manifestsOf(files).flatMap((manifest): Finding[] => {
      const locked = packages[manifest.folder];
      const same =
        locked !== undefined && list(installedByLock(locked)) === list(installedBy(manifest));
      if (same) return [];
      return [{ path: manifest.path, line: 1, message: 'package-lock.json says something else' }];
    });
  },
};

function installedByLock(locked: LockedPackage): [string, string][] {
  const { dependencies, devDependencies, optionalDependencies } = locked;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

function list(entries: readonly [string, string][]): string {
  return entries
    .map(([name, version]) => `${name}@${version}`)
    .sort()
    .join('\n');
}

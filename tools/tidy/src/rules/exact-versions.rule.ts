import { installedBy, lineOfDependency, manifestsOf } from '../manifests';
import type { Manifest } from '../manifests';
import type { Finding, TidyRule } from '../source-file';

const exact = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

/**
 * What is installed does not change by itself: each package has one exact version, the same
 * everywhere.
 */
export const exactVersionsRule: TidyRule = {
  name: 'exact-versions',
  check: (files) => {
    const manifests = manifestsOf(files);
    const versions = firstVersions(manifests);
    return manifests.flatMap((manifest) =>
      installedBy(manifest).flatMap(([name, version]) => {
        const message = faultOf(name, version, versions);
        return message === undefined ? [] : [findingAt(manifest, name, message)];
      }),
    );
  },
};

function findingAt(manifest: Manifest, name: string, message: string): Finding {
  return { path: manifest.path, line: lineOfDependency(manifest, name), message };
}

function firstVersions(manifests: readonly Manifest[]): Map<string, string> {
  const versions = new Map<string, string>();
  for (const [name, version] of manifests.flatMap(installedBy)) {
    if (!versions.has(name)) versions.set(name, version);
  }
  return versions;
}

function faultOf(
  name: string,
  version: string,
  versions: ReadonlyMap<string, string>,
): string | undefined {
  if (!exact.test(version)) return `${name} "${version}" is not one exact version`;
  const other = versions.get(name);
  return other === version ? undefined : `${name} ${version} here, ${other} elsewhere`;
}

import { posix } from 'node:path';
import type { SourceFile } from './source-file';

export type DependencyMap = Readonly<Record<string, string>>;

/** One package.json: the part that rules look at. */
export interface Manifest {
  readonly path: string;
  /** Folder of the package; empty for the root. */
  readonly folder: string;
  readonly text: string;
  readonly name: string;
  readonly license: string | undefined;
  readonly isPrivate: boolean;
  readonly dependencies: DependencyMap;
  readonly devDependencies: DependencyMap;
  readonly optionalDependencies: DependencyMap;
  readonly peerDependencies: DependencyMap;
}

interface ManifestText extends Partial<
  Record<
    'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies',
    DependencyMap
  >
> {
  readonly name?: string;
  readonly license?: string;
  readonly private?: boolean;
}

/** Every package.json of the repository. */
export function manifestsOf(files: readonly SourceFile[]): Manifest[] {
  return files
    .filter((file) => posix.basename(file.path) === 'package.json')
    .map((file) => {
      const json = JSON.parse(file.text) as ManifestText;
      return {
        path: file.path,
        folder: file.path.replace(/\/?package\.json$/, ''),
        text: file.text,
        name: json.name ?? '',
        license: json.license,
        isPrivate: json.private === true,
        dependencies: json.dependencies ?? {},
        devDependencies: json.devDependencies ?? {},
        optionalDependencies: json.optionalDependencies ?? {},
        peerDependencies: json.peerDependencies ?? {},
      };
    });
}

/** Everything that a package asks npm to install, as [name, version]. */
export function installedBy(manifest: Manifest): [string, string][] {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

/** The 1-based line that names `dependency` in a package.json. */
export function lineOfDependency(manifest: Manifest, dependency: string): number {
  const index = manifest.text.split('\n').findIndex((line) => line.includes(`"${dependency}":`));
  return Math.max(index, 0) + 1;
}

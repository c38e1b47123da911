import { builtinModules } from 'node:module';
import { isCode, isTestCode, packageFolderOf } from '../file-kind';
import { importsOf } from '../imports';
import { installedBy, manifestsOf } from '../manifests';
import type { Manifest } from '../manifests';
import type { Finding, SourceFile, TidyRule } from '../source-file';

/**
 * A package names what it imports, so that it can be installed and built by itself. Tests may also
 * use our own packages and what another package installs; tools may use what the root installs.
 */
export const declaredImportsRule: TidyRule = {
  name: 'declared-imports',
  check: (files) => {
    const manifests = manifestsOf(files);
    return files
      .filter((file) => isCode(file.path) && file.path.includes('/src/'))
      .flatMap((file) => undeclaredIn(file, new Set(namesFor(file, manifests))));
  },
};

/** What `file` may import. */
function namesFor(file: SourceFile, manifests: readonly Manifest[]): string[] {
  if (isTestCode(file.path)) {
    return manifests.flatMap((manifest) => [manifest.name, ...dependencyNames(manifest)]);
  }
  const folder = packageFolderOf(file.path);
  const isTool = folder?.startsWith('tools/') === true;
  return manifests
    .filter((manifest) => manifest.folder === folder || (isTool && manifest.folder === ''))
    .flatMap(dependencyNames);
}

function dependencyNames(manifest: Manifest): string[] {
  return installedBy(manifest).map(([name]) => name);
}

function undeclaredIn(file: SourceFile, declared: ReadonlySet<string>): Finding[] {
  return importsOf(file).flatMap(({ specifier, line }) => {
    const name = packageNameOf(specifier);
    if (name === undefined || declared.has(name)) return [];
    return [{ path: file.path, line, message: `${name} is not a dependency in package.json` }];
  });
}

/** `@nestjs/common` for `@nestjs/common/enums`; undefined for what is relative or Node's own. */
function packageNameOf(specifier: string): string | undefined {
  const isOutside = !specifier.startsWith('.') && !specifier.startsWith('node:');
  if (!isOutside || builtinModules.includes(specifier)) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

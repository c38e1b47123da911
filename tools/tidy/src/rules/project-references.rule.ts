import { posix } from 'node:path';
import ts from 'typescript';
import { manifestsOf } from '../manifests';
import type { Manifest } from '../manifests';
import type { Finding, SourceFile, TidyRule } from '../source-file';

/**
 * The compiler builds what the package.json names, no more and no less: each says the same list.
 */
export const projectReferencesRule: TidyRule = {
  name: 'project-references',
  check: (files) => {
    const manifests = manifestsOf(files);
    const folders = new Map(manifests.map((manifest) => [manifest.name, manifest.folder]));
    return manifests.flatMap((manifest) => {
      const path = `${manifest.folder}/tsconfig.lib.json`;
      const file = files.find((candidate) => candidate.path === path);
      return file === undefined ? [] : differences(file, wantedBy(manifest, folders));
    });
  },
};

function wantedBy(manifest: Manifest, folders: ReadonlyMap<string, string>): string[] {
  return Object.keys(manifest.dependencies)
    .map((name) => folders.get(name))
    .filter((folder) => folder !== undefined)
    .map((folder) => `${folder}/tsconfig.lib.json`);
}

function differences(file: SourceFile, wanted: readonly string[]): Finding[] {
  const listed = referencesOf(file);
  const missing = wanted.filter((path) => !listed.includes(path));
  const extra = listed.filter((path) => !wanted.includes(path));
  return [
    ...missing.map((path) => `no reference to ${path}, a dependency`),
    ...extra.map((path) => `a reference to ${path}, no dependency`),
  ].map((message) => ({ path: file.path, line: 1, message }));
}

function referencesOf(file: SourceFile): string[] {
  const { config } = ts.parseConfigFileTextToJson(file.path, file.text) as {
    config?: { references?: { path: string }[] };
  };
  const folder = posix.dirname(file.path);
  return (config?.references ?? []).map(({ path }) => posix.join(folder, path));
}

import { posix } from 'node:path';
import { isSpec, isTestCode, isTypeScript, packageFolderOf } from '../file-kind';
import { importGraphOf } from '../imports';
import type { SourceFile, TidyRule } from '../source-file';

/**
 * Every file is reachable from where its package is entered. Shipped files must be reachable
 * without the tests: what only a test imports is `*.test-support.ts`.
 */
export const orphanFilesRule: TidyRule = {
  name: 'orphan-files',
  check: (files) => {
    const graph = importGraphOf(files);
    addFilesNamedInTexts(graph, files);
    const bins = new Set(files.flatMap(binariesOf));
    const sources = files.map((file) => file.path).filter((path) => isTypeScript(path));
    const entries = sources.filter((path) => isEntry(path) || bins.has(path));
    const shipped = reach(graph, entries);
    const tested = reach(graph, sources.filter(isSpec));
    return sources
      .filter((path) => packageFolderOf(path) !== undefined)
      .filter((path) => !shipped.has(path) && !(isTestCode(path) && tested.has(path)))
      .map((path) => ({ path, line: 1, message: orphanMessage(tested.has(path)) }));
  },
};

function orphanMessage(isTested: boolean): string {
  return isTested
    ? 'only tests import it: use it, or name it *.test-support.ts'
    : 'nothing imports it';
}

function isEntry(path: string): boolean {
  return /\/src\/index\.ts$/.test(path) || /(?:^|\/|\.)main\.ts$/.test(path);
}

/** The sources of what a package.json names under `bin`, `main` and `exports`. */
function binariesOf(file: SourceFile): string[] {
  if (posix.basename(file.path) !== 'package.json') return [];
  const { bin = {}, main, exports = {} } = JSON.parse(file.text) as Entries;
  const programs = typeof bin === 'string' ? [bin] : (Object.values(bin) as string[]);
  const subpaths = Object.values(exports).flatMap((target) =>
    typeof target === 'object' && target.default !== undefined ? [target.default] : [],
  );
  return [...programs, ...subpaths, ...(main === undefined ? [] : [main])].map((program) =>
    posix
      .join(posix.dirname(file.path), program)
      .replace('/dist/', '/src/')
      .replace(/\.js$/, '.ts'),
  );
}

interface Entries {
  readonly bin?: object | string;
  readonly main?: string;
  readonly exports?: Readonly<Record<string, string | { readonly default?: string }>>;
}

/** A thread or a child process is named in a text, `'./watchdog.thread.js'`, and not imported. */
function addFilesNamedInTexts(graph: Map<string, string[]>, files: readonly SourceFile[]): void {
  const texts = new Map(files.map((file) => [file.path, file.text]));
  for (const [path, targets] of graph) {
    const folder = `${packageFolderOf(path) ?? ''}/`;
    const siblings = [...graph.keys()].filter((other) => other.startsWith(folder));
    const text = texts.get(path) ?? '';
    targets.push(...siblings.filter((other) => other !== path && names(text, other)));
  }
}

function names(text: string, path: string): boolean {
  const program = posix.basename(path).replace(/\.ts$/, '');
  return new RegExp(`['"\`/]${program.replaceAll('.', '\\.')}\\.(?:js|ts)['"\`]`).test(text);
}

function reach(
  graph: ReadonlyMap<string, readonly string[]>,
  from: readonly string[],
): Set<string> {
  const reached = new Set<string>();
  const waiting = [...from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(graph.get(path) ?? []));
  }
  return reached;
}

import { posix } from 'node:path';
import ts from 'typescript';
import { isCode, packageFolderOf } from './file-kind';
import type { SourceFile } from './source-file';
import { lineOf, syntaxOf, walk } from './syntax';

/** One import, re-export, `import()` or `require()` of a file. */
export interface ImportStatement {
  readonly specifier: string;
  readonly line: number;
  /** Erased at compile time: `import type` and `export type`. */
  readonly isTypeOnly: boolean;
}

/** What the modules of the repository are called, and which files there are. */
export interface ModuleMap {
  readonly paths: ReadonlySet<string>;
  /** Package name to folder: `@weir/domain` to `libs/domain`. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Every import of one code file, in the order of the text. */
export function importsOf(file: SourceFile): ImportStatement[] {
  const found: ImportStatement[] = [];
  walk(syntaxOf(file), (node) => {
    const target = importTargetOf(node);
    if (target === undefined || !ts.isStringLiteralLike(target)) return;
    const isTypeOnly = isTypeOnlyImport(node);
    found.push({ specifier: target.text, line: lineOf(file, node), isTypeOnly });
  });
  return found;
}

function importTargetOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isDynamic = expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = /^require(\.resolve)?$/.test(expression.getText());
  return isDynamic || isRequire ? node.arguments[0] : undefined;
}

function isTypeOnlyImport(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return false;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

/** Reads the names of the workspace packages from their package.json files. */
export function moduleMapOf(files: readonly SourceFile[]): ModuleMap {
  const folders = new Map<string, string>();
  for (const file of files) {
    const folder = packageFolderOf(file.path);
    if (folder === undefined || file.path !== `${folder}/package.json`) continue;
    const { name } = JSON.parse(file.text) as { name?: string };
    if (name !== undefined) folders.set(name, folder);
  }
  return { paths: new Set(files.map((file) => file.path)), folders };
}

/**
 * The file of the repository that an import of `fromPath` means; undefined for packages from
 * outside.
 */
export function resolveImport(
  map: ModuleMap,
  fromPath: string,
  specifier: string,
): string | undefined {
  if (specifier.startsWith('.')) {
    return firstExisting(map, posix.join(posix.dirname(fromPath), specifier));
  }
  const [scopeOrName = '', rest = ''] = specifier.split('/');
  const name = scopeOrName.startsWith('@') ? `${scopeOrName}/${rest}` : scopeOrName;
  const folder = map.folders.get(name);
  return folder === undefined ? undefined : firstExisting(map, `${folder}/src/index`);
}

function firstExisting(map: ModuleMap, base: string): string | undefined {
  const withoutJs = base.replace(/\.js$/, '');
  const candidates = [base, `${withoutJs}.ts`, `${base}.ts`, `${base}/index.ts`];
  return candidates.find((path) => map.paths.has(path));
}

/** For each code file, the files of the repository that it imports. */
export function importGraphOf(
  files: readonly SourceFile[],
  keep: (statement: ImportStatement) => boolean = () => true,
): Map<string, string[]> {
  const map = moduleMapOf(files);
  const graph = new Map<string, string[]>();
  for (const file of files.filter((candidate) => isCode(candidate.path))) {
    const targets = importsOf(file)
      .filter(keep)
      .map((statement) => resolveImport(map, file.path, statement.specifier))
      .filter((path) => path !== undefined);
    graph.set(file.path, [...new Set(targets)]);
  }
  return graph;
}

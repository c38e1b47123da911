import ts from 'typescript';
import { isCode } from './file-kind';
import type { Finding, SourceFile } from './source-file';

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

/**
 * The syntax tree of a TypeScript or JavaScript file; parsed once, however many rules look at it.
 */
export function syntaxOf(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const kind = file.path.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true, kind);
  parsed.set(file, tree);
  return tree;
}

/** Calls `visit` for every node of the tree, parents before children. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** The 1-based line that `node` starts on, without the comments before it. */
export function lineOf(file: SourceFile, node: ts.Node): number {
  const tree = syntaxOf(file);
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** How many lines `node` spans, from its first to its last. */
export function lineCountOf(file: SourceFile, node: ts.Node): number {
  const tree = syntaxOf(file);
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  return last - lineOf(file, node) + 1;
}

/** Collects a message for every node that `judge` objects to, over all code among `files`. */
export function findInSyntax(
  files: readonly SourceFile[],
  judge: (node: ts.Node, file: SourceFile) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const file of files.filter((candidate) => isCode(candidate.path))) {
    walk(syntaxOf(file), (node) => {
      const message = judge(node, file);
      if (message === undefined) return;
      findings.push({ path: file.path, line: lineOf(file, node), message });
    });
  }
  return findings;
}

/**
 * The text inside a string or template literal, with `${}` for what is put in; undefined for other
 * nodes.
 */
export function literalTextOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `\${}${span.literal.text}`).join('');
}

/**
 * Whether an identifier is read as a variable here, and is not the name of a member or a
 * declaration.
 */
export function isVariableUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) {
    return parent.initializer === node;
  }
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent)) return false;
  return !(
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isEnumMember(parent) ||
    ts.isJsxAttribute(parent)
  );
}

/** Whether a file has a variable or a parameter of its own with this name. */
export function declares(file: SourceFile, name: string): boolean {
  let isDeclared = false;
  walk(syntaxOf(file), (node) => {
    const isBinding =
      ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (isBinding && ts.isIdentifier(node.name) && node.name.text === name) isDeclared = true;
  });
  return isDeclared;
}

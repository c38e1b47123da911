import ts from 'typescript';
import { isTypeScript } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInSyntax } from '../syntax';

/** Everything has one name, the same where it is made and where it is used. */
export const defaultExportsRule: TidyRule = {
  name: 'default-exports',
  check: (files) =>
    findInSyntax(
      files.filter((file) => isTypeScript(file.path)),
      (node) => (isDefaultExport(node) ? 'a default export: give it a name' : undefined),
    ),
};

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
}

import ts from 'typescript';
import { isTestCode } from '../file-kind';
import type { SourceFile, TidyRule } from '../source-file';
import { findInSyntax, lineCountOf } from '../syntax';

export const functionLinesMax = 70;

/**
 * A function fits on one screen. Blocks of `describe` are lists of tests, not functions, and do not
 * count.
 */
export const functionSizeRule: TidyRule = {
  name: 'function-size',
  check: (files) => findInSyntax(files, objectionTo),
};

function objectionTo(node: ts.Node, file: SourceFile): string | undefined {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
  if (isTestCode(file.path) && isDescribeBlock(node)) return undefined;
  const lines = lineCountOf(file, node);
  if (lines <= functionLinesMax) return undefined;
  return `${nameOf(node)} has ${lines} lines; at most ${functionLinesMax}`;
}

function isDescribeBlock(node: ts.SignatureDeclaration): boolean {
  const call = node.parent;
  return ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText());
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) ? parent.name.getText() : 'a function without a name';
}

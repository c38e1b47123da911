import ts from 'typescript';
import { isTestCode } from '../file-kind';
import type { SourceFile, TidyRule } from '../source-file';
import { declares, findInSyntax, isVariableUse } from '../syntax';

const core = /^libs\/(domain|planner)\/src\//;

const forbiddenGlobals = new Set([
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'fetch',
]);

/**
 * The pure core takes `now` and a seed as arguments, so that the same input always gives the same
 * answer.
 */
export const clockInCoreRule: TidyRule = {
  name: 'clock-in-core',
  check: (files) =>
    findInSyntax(
      files.filter((file) => core.test(file.path) && !isTestCode(file.path)),
      objectionTo,
    ),
};

function objectionTo(node: ts.Node, file: SourceFile): string | undefined {
  const source = sourceOfTimeOrChance(node, file);
  return source === undefined ? undefined : `${source} in the pure core: take it as an argument`;
}

function sourceOfTimeOrChance(node: ts.Node, file: SourceFile): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = `${node.expression.getText()}.${node.name.text}`;
    return text === 'Date.now' || text === 'Math.random' ? text : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    return (node.arguments ?? []).length === 0 ? 'new Date()' : undefined;
  }
  const isUse = ts.isIdentifier(node) && forbiddenGlobals.has(node.text) && isVariableUse(node);
  return isUse && !declares(file, node.text) ? node.text : undefined;
}

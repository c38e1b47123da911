import ts from 'typescript';
import { isTestCode } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInSyntax } from '../syntax';

const focused = /^(?:it|test|describe)(?:\.each|\.concurrent|\.failing)*\.(?:only|skip|todo)\b/;
const shorthand = new Set(['fit', 'fdescribe', 'xit', 'xtest', 'xdescribe']);

/**
 * No test is switched off, and none switches the others off. A suite that needs what this machine
 * may lack chooses between `describe` and `describe.skip` by a condition, and is then listed by
 * name.
 */
export const focusedTestsRule: TidyRule = {
  name: 'focused-tests',
  check: (files) =>
    findInSyntax(
      files.filter((file) => isTestCode(file.path)),
      (node) => {
        if (!ts.isCallExpression(node)) return undefined;
        const callee = node.expression.getText();
        const found = focused.exec(callee)?.[0] ?? (shorthand.has(callee) ? callee : undefined);
        return found === undefined ? undefined : `${found}() leaves tests out`;
      },
    ),
};

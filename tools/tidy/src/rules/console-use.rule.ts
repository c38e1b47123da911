import ts from 'typescript';
import type { TidyRule } from '../source-file';
import { findInSyntax, isVariableUse } from '../syntax';

/** Services and libraries write structured logs, without secrets, through the logger. */
export const consoleUseRule: TidyRule = {
  name: 'console-use',
  check: (files) =>
    findInSyntax(
      files.filter((file) => /^(libs|apps)\//.test(file.path)),
      (node) => {
        const isConsole = ts.isIdentifier(node) && node.text === 'console' && isVariableUse(node);
        return isConsole ? 'console: use the logger' : undefined;
      },
    ),
};

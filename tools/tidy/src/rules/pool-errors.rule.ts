import ts from 'typescript';
import { isRuleText } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInSyntax } from '../syntax';

const listener = /\.on\(\s*['"`]error['"`]/;

/**
 * An idle connection that the server closes makes its pool emit `error`, and an `error` that nobody
 * listens to ends the process. So a file that makes a pool also listens.
 */
export const poolErrorsRule: TidyRule = {
  name: 'pool-errors',
  check: (files) =>
    findInSyntax(
      files.filter((file) => !isRuleText(file.path) && !listener.test(file.text)),
      (node) => {
        const isPool =
          ts.isNewExpression(node) && /^(?:\w+\.)?Pool$/.test(node.expression.getText());
        return isPool ? "new Pool() without .on('error') in the same file" : undefined;
      },
    ),
};

import { isCode, isRuleText } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

const suppression = /eslint-disable|@ts-ignore|@ts-nocheck|@ts-expect-error|prettier-ignore/;

/** The compiler and the linter are right, or their settings are wrong for everyone. */
export const suppressionsRule: TidyRule = {
  name: 'suppressions',
  check: (files) =>
    findInLines(
      files.filter((file) => isCode(file.path) && !isRuleText(file.path)),
      (line) => {
        const found = suppression.exec(line)?.[0];
        return found === undefined ? undefined : `${found} hides a problem: solve it`;
      },
    ),
};

import { isGenerated, isRuleText } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

const note = /\b(?:TODO|FIXME|XXX|HACK)\b/;

/** What is left to do stands in an issue, where someone sees it. */
export const leftoverNotesRule: TidyRule = {
  name: 'leftover-notes',
  check: (files) =>
    findInLines(
      files.filter((file) => !isGenerated(file.path) && !isRuleText(file.path)),
      (line) => {
        const found = note.exec(line)?.[0];
        return found === undefined ? undefined : `a leftover ${found} note`;
      },
    ),
};

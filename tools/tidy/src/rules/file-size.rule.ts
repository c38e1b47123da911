import { isCode } from '../file-kind';
import type { SourceFile, TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

export const fileLinesMax = 400;
export const columnsMax = 100;

/** A file holds one concept, and a line can be read beside another one. */
export const fileSizeRule: TidyRule = {
  name: 'file-size',
  check: (files) => {
    const code = files.filter((file) => isCode(file.path));
    const long = code.filter((file) => lineCount(file) > fileLinesMax);
    const tooLong = long.map((file) => ({
      path: file.path,
      line: fileLinesMax + 1,
      message: `${lineCount(file)} lines; at most ${fileLinesMax}`,
    }));
    const tooWide = findInLines(code, (line) =>
      line.length > columnsMax && !holdsText(line)
        ? `${line.length} columns; at most ${columnsMax}`
        : undefined,
    );
    return [...tooLong, ...tooWide];
  },
};

/** The formatter keeps code within the columns, and cannot break a text (a test's name, say). */
function holdsText(line: string): boolean {
  return /['"`]/.test(line) && !/^\s*(?:\*|\/\/|\/\*)/.test(line);
}

function lineCount(file: SourceFile): number {
  return file.text.replace(/\n$/, '').split('\n').length;
}

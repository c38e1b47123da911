import { findingsOf } from '../sample.test-support';
import { columnsMax, fileLinesMax, fileSizeRule } from './file-size.rule';

const path = 'libs/x/src/x.ts';

describe('file-size', () => {
  it('finds a file of one line too many', () => {
    const text = 'step();\n'.repeat(fileLinesMax + 1);
    expect(findingsOf(fileSizeRule, { [path]: text })).toEqual([
      `${path}:401 401 lines; at most 400`,
    ]);
  });

  it('finds a line of one column too many', () => {
    const text = `ok();\n${'x'.repeat(columnsMax + 1)}\n`;
    expect(findingsOf(fileSizeRule, { [path]: text })).toEqual([
      `${path}:2 101 columns; at most 100`,
    ]);
  });

  it('accepts a text that cannot be broken, but not a comment with a quotation mark', () => {
    const wide = 'x'.repeat(columnsMax);
    expect(findingsOf(fileSizeRule, { [path]: `it('${wide}', go);\n` })).toEqual([]);
    expect(findingsOf(fileSizeRule, { [path]: `// it's ${wide}\n` })).toHaveLength(1);
  });

  it('accepts what just fits, and documents of any size', () => {
    const texts = {
      [path]: `${'x'.repeat(columnsMax)}\n`.repeat(fileLinesMax),
      'docs/X.md': 'x'.repeat(500),
    };
    expect(findingsOf(fileSizeRule, texts)).toEqual([]);
  });
});

import { findingsOf } from '../sample.test-support';
import { leftoverNotesRule } from './leftover-notes.rule';

describe('leftover-notes', () => {
  it.each(['TODO', 'FIXME', 'XXX', 'HACK'])('finds %s in code and in documents', (word) => {
    const text = `first\n// ${word}: later\n`;
    expect(findingsOf(leftoverNotesRule, { 'libs/x/src/x.ts': text, 'docs/X.md': text })).toEqual([
      `libs/x/src/x.ts:2 a leftover ${word} note`,
      `docs/X.md:2 a leftover ${word} note`,
    ]);
  });

  it('accepts the letters inside other words', () => {
    const text = 'const todoList = hackathon; // XXXX';
    expect(findingsOf(leftoverNotesRule, { 'libs/x/src/x.ts': text })).toEqual([]);
  });
});

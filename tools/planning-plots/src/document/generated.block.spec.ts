import { findBlock, replaceBlock } from './generated.block';
import { toMarkdownTable } from './markdown.table';

const document = [
  'Before.',
  '<!-- plot: one, written by a program -->',
  'old',
  '<!-- end of plot -->',
  'Between.',
  '<!-- plot: two, written by a program -->',
  '<!-- end of plot -->',
].join('\n');

describe('the blocks of a document', () => {
  it('are replaced by name, and nothing else is', () => {
    const replaced = replaceBlock(replaceBlock(document, 'one', 'new'), 'two', 'other');
    expect([findBlock(replaced, 'one'), findBlock(replaced, 'two')]).toEqual(['new', 'other']);
    expect(replaced).toContain('Before.\n');
    expect(replaced).toContain('\nBetween.\n');
    expect(replaced).not.toContain('old');
  });

  it('must be there', () => {
    expect(() => replaceBlock(document, 'three', 'new')).toThrow('no block three');
    expect(findBlock(document, 'three')).toBeUndefined();
  });
});

it('makes columns as wide as their widest cell', () => {
  expect(
    toMarkdownTable([
      ['a', 'long head'],
      ['longer', 'b'],
    ]),
  ).toEqual(['| a      | long head |', '| ------ | --------- |', '| longer | b         |']);
});

import { findingsOf } from '../sample.test-support';
import { deadLinksRule } from './dead-links.rule';

const target = {
  'docs/OTHER.md': '# One `code` & more\n## Twice\n## Twice\n<a id="own"></a>\n',
  'docs/adr/0001-truth.md': '# Truth',
  'assets/a.mp3': '',
};

describe('dead-links', () => {
  it.each([
    ['[x](MISSING.md)', 'MISSING.md: there is no docs/MISSING.md'],
    ['![x](../assets/b.png)', '../assets/b.png: there is no assets/b.png'],
    ['[x](OTHER.md#nowhere)', 'OTHER.md#nowhere: docs/OTHER.md has no heading for #nowhere'],
    ['[x](#nowhere)', '#nowhere: docs/X.md has no heading for #nowhere'],
    ['[x]: ./MISSING.md', './MISSING.md: there is no docs/MISSING.md'],
    ['[x](/docs/OTHER.md)', '/docs/OTHER.md: links within the repository are relative'],
    ['<img src="gone.svg">', 'gone.svg: there is no docs/gone.svg'],
  ])('finds %s', (line, message) => {
    const texts = { ...target, 'docs/X.md': `# X\n\n${line}\n` };
    expect(findingsOf(deadLinksRule, texts)).toEqual([`docs/X.md:3 ${message}`]);
  });

  it('accepts what leads somewhere, addresses of the web, and code', () => {
    const text = [
      '# The X',
      '[a](OTHER.md) [b](OTHER.md#one-code--more) [c](OTHER.md#twice-1) [d](OTHER.md#own)',
      '[e](#the-x) [f](adr/) [g](../assets/a.mp3 "sound") [h](https://example.org/none.md)',
      '`[i](NONE.md)`',
      '```',
      '[j](NONE.md)',
      '```',
    ].join('\n');
    expect(findingsOf(deadLinksRule, { ...target, 'docs/X.md': text })).toEqual([]);
  });

  it('takes a # inside a block of code for no heading', () => {
    const texts = { 'X.md': '# X\n```\n# install\n```\n[x](#install)\n' };
    expect(findingsOf(deadLinksRule, texts)).toHaveLength(1);
  });
});

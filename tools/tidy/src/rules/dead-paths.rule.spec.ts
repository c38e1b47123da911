import { findingsOf } from '../sample.test-support';
import { deadPathsRule } from './dead-paths.rule';

const code = { 'libs/x/src/index.ts': '' };

describe('dead-paths', () => {
  it.each(['libs/x/src/gone.ts', 'libs/y', 'apps/x/src/main.ts', 'tools/x.mjs'])(
    'finds %s',
    (path) => {
      const texts = { ...code, 'docs/X.md': `first\nsee \`${path}\` for it\n` };
      expect(findingsOf(deadPathsRule, texts)).toEqual([`docs/X.md:2 there is no ${path}`]);
    },
  );

  it('names every one of a line', () => {
    const texts = { ...code, 'docs/X.md': '`libs/a` `libs/x` `libs/b`' };
    expect(findingsOf(deadPathsRule, texts)).toEqual(['docs/X.md:1 there is no libs/a, libs/b']);
  });

  it('accepts files, folders, patterns and what is no path', () => {
    const text = '`libs/x/src/index.ts` `libs/x/src/` `libs/x` `libs/*` `npm start` `a/b`';
    expect(findingsOf(deadPathsRule, { ...code, 'docs/X.md': text })).toEqual([]);
  });
});

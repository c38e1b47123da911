import { findingsOf } from '../sample.test-support';
import { consoleUseRule } from './console-use.rule';

describe('console-use', () => {
  it.each(["console.log('x');", 'const log = console.error;', 'run(console);'])(
    'finds %s',
    (text) => {
      expect(findingsOf(consoleUseRule, { 'apps/x/src/x.ts': text })).toEqual([
        'apps/x/src/x.ts:1 console: use the logger',
      ]);
    },
  );

  it('accepts it in tools, and members of that name', () => {
    const texts = {
      'tools/x/src/x.ts': "console.log('x');",
      'libs/x/src/x.ts': 'const to = { console: 1 };',
    };
    expect(findingsOf(consoleUseRule, texts)).toEqual([]);
  });
});

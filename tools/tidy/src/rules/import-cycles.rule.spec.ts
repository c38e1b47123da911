import { findingsOf } from '../sample.test-support';
import { importCyclesRule } from './import-cycles.rule';

describe('import-cycles', () => {
  it('finds two files that import each other', () => {
    const texts = {
      'libs/x/src/a.ts': "import { b } from './b';",
      'libs/x/src/b.ts': "export { a } from './a';",
    };
    expect(findingsOf(importCyclesRule, texts)).toEqual([
      'libs/x/src/a.ts:1 import cycle: libs/x/src/a.ts -> libs/x/src/b.ts -> libs/x/src/a.ts',
    ]);
  });

  it('finds a longer circle through the index of another package', () => {
    const texts = {
      'libs/x/package.json': '{"name": "@weir/x"}',
      'libs/y/package.json': '{"name": "@weir/y"}',
      'libs/x/src/index.ts': "export * from './deep/a';",
      'libs/x/src/deep/a.ts': "import { y } from '@weir/y';",
      'libs/y/src/index.ts': "import { x } from '@weir/x';",
    };
    expect(findingsOf(importCyclesRule, texts)).toHaveLength(1);
  });

  it('accepts diamonds, and imports of types only, which are gone at run time', () => {
    const texts = {
      'libs/x/src/top.ts': "import './left'; import './right';",
      'libs/x/src/left.ts': "import './bottom';",
      'libs/x/src/right.ts': "import './bottom';",
      'libs/x/src/bottom.ts': "import type { T } from './top'; import { type L } from './left';",
    };
    expect(findingsOf(importCyclesRule, texts)).toEqual([]);
  });
});

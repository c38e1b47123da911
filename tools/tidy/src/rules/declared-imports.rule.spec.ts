import { findingsOf } from '../sample.test-support';
import { declaredImportsRule } from './declared-imports.rule';

const manifests = {
  'package.json': '{"name": "weir", "devDependencies": {"typescript": "6.0.3"}}',
  'libs/x/package.json':
    '{"name": "@weir/x", "dependencies": {"@weir/y": "0.1.0", "pg": "8.23.1"}}',
  'libs/y/package.json': '{"name": "@weir/y"}',
};

describe('declared-imports', () => {
  it.each([
    ["import { z } from '@weir/z';", '@weir/z'],
    ["import type { R } from 'ioredis';", 'ioredis'],
    ["import { z } from '@nestjs/common/enums';", '@nestjs/common'],
    ["export * from 'rxjs/operators';", 'rxjs'],
    ["const x = await import('typescript');", 'typescript'],
    ["const x = require('commander');", 'commander'],
  ])('finds %s', (line, name) => {
    const texts = { ...manifests, 'libs/x/src/x.ts': `\n${line}` };
    expect(findingsOf(declaredImportsRule, texts)).toEqual([
      `libs/x/src/x.ts:2 ${name} is not a dependency in package.json`,
    ]);
  });

  it('accepts what is declared, what is ours and what is of Node', () => {
    const text = [
      "import { y } from '@weir/y';",
      "import { Pool } from 'pg';",
      "import { join } from 'node:path';",
      "import { sep } from 'path';",
      "import './sibling';",
    ].join('\n');
    expect(findingsOf(declaredImportsRule, { ...manifests, 'libs/x/src/x.ts': text })).toEqual([]);
  });

  it('lets tests use what is installed anyway, but nothing that is not', () => {
    const text = "import '@weir/x';\nimport 'pg';\nimport 'typescript';\nimport 'left-pad';";
    expect(findingsOf(declaredImportsRule, { ...manifests, 'libs/y/src/y.spec.ts': text })).toEqual(
      ['libs/y/src/y.spec.ts:4 left-pad is not a dependency in package.json'],
    );
  });
});

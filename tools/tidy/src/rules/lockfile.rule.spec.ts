import { findingsOf } from '../sample.test-support';
import { lockfileRule } from './lockfile.rule';

const manifest = '{"name": "@weir/x", "dependencies": {"pg": "8.23.1"}}';

function lock(packages: object): string {
  return JSON.stringify({ lockfileVersion: 3, packages });
}

describe('lockfile', () => {
  it.each([
    ['another version', { 'libs/x': { dependencies: { pg: '8.23.0' } } }],
    ['no such dependency', { 'libs/x': {} }],
    ['one dependency more', { 'libs/x': { dependencies: { pg: '8.23.1', bullmq: '6.7.0' } } }],
    ['no such package', {}],
  ])('finds a lockfile that has %s', (_difference, packages) => {
    const texts = { 'package-lock.json': lock(packages), 'libs/x/package.json': manifest };
    expect(findingsOf(lockfileRule, texts)).toEqual([
      'libs/x/package.json:1 package-lock.json says something else',
    ]);
  });

  it('accepts one that says the same', () => {
    const packages = { 'libs/x': { dependencies: { pg: '8.23.1' } } };
    const texts = { 'package-lock.json': lock(packages), 'libs/x/package.json': manifest };
    expect(findingsOf(lockfileRule, texts)).toEqual([]);
  });
});

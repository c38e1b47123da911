import { findingsOf } from '../sample.test-support';
import { exactVersionsRule } from './exact-versions.rule';

function manifest(dependencies: Record<string, string>): string {
  return JSON.stringify({ name: 'x', dependencies }, null, 2);
}

describe('exact-versions', () => {
  it.each(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', '>=1.0.0', '1.2', 'file:../x'])(
    'finds the version %s',
    (version) => {
      expect(findingsOf(exactVersionsRule, { 'package.json': manifest({ pg: version }) })).toEqual([
        `package.json:4 pg "${version}" is not one exact version`,
      ]);
    },
  );

  it('finds two versions of one package', () => {
    const texts = {
      'package.json': manifest({ pg: '8.23.1' }),
      'libs/x/package.json': manifest({ bullmq: '6.7.0', pg: '8.23.0' }),
    };
    expect(findingsOf(exactVersionsRule, texts)).toEqual([
      'libs/x/package.json:5 pg 8.23.0 here, 8.23.1 elsewhere',
    ]);
  });

  it('accepts one exact version everywhere, also one before a release', () => {
    const texts = {
      'package.json': manifest({ pg: '8.23.1' }),
      'libs/x/package.json': manifest({ pg: '8.23.1', embedded: '18.4.0-beta.17' }),
    };
    expect(findingsOf(exactVersionsRule, texts)).toEqual([]);
  });
});

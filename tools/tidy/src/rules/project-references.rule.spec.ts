import { findingsOf } from '../sample.test-support';
import { projectReferencesRule } from './project-references.rule';

const manifests = {
  'libs/x/package.json':
    '{"name": "@weir/x", "dependencies": {"@weir/y": "0.1.0", "pg": "8.23.1"}}',
  'libs/y/package.json': '{"name": "@weir/y"}',
  'libs/z/package.json': '{"name": "@weir/z"}',
};

function tsconfig(...paths: string[]): string {
  return JSON.stringify({ references: paths.map((path) => ({ path })) });
}

describe('project-references', () => {
  it('finds a dependency that the compiler does not build', () => {
    const texts = { ...manifests, 'libs/x/tsconfig.lib.json': tsconfig() };
    expect(findingsOf(projectReferencesRule, texts)).toEqual([
      'libs/x/tsconfig.lib.json:1 no reference to libs/y/tsconfig.lib.json, a dependency',
    ]);
  });

  it('finds a reference that is no dependency', () => {
    const references = tsconfig('../y/tsconfig.lib.json', '../../libs/z/tsconfig.lib.json');
    const texts = { ...manifests, 'libs/x/tsconfig.lib.json': references };
    expect(findingsOf(projectReferencesRule, texts)).toEqual([
      'libs/x/tsconfig.lib.json:1 a reference to libs/z/tsconfig.lib.json, no dependency',
    ]);
  });

  it('accepts equal lists, with comments in the file', () => {
    const texts = {
      ...manifests,
      'libs/x/tsconfig.lib.json': `// built after y\n${tsconfig('../y/tsconfig.lib.json')}`,
    };
    expect(findingsOf(projectReferencesRule, texts)).toEqual([]);
  });
});

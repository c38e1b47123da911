import { formatFinding, readRepository, tidyRules } from './index';
import type { SourceFile } from './index';

describe('the repository', () => {
  let files: SourceFile[];

  beforeAll(() => {
    files = readRepository();
  });

  it('is read as a whole', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'package-lock.json']));
    expect(paths).toContain('libs/domain/src/index.ts');
    expect(paths.filter((path) => path.includes('node_modules/'))).toEqual([]);
  });

  it.each(tidyRules.map((rule) => [rule.name, rule] as const))(
    'keeps the rule %s',
    (name, rule) => {
      expect(rule.check(files).map((finding) => formatFinding(name, finding))).toEqual([]);
    },
  );
});

import { findingsOf } from '../sample.test-support';
import { orphanFilesRule } from './orphan-files.rule';

const library = {
  'libs/x/package.json': '{"name": "@weir/x", "main": "./dist/index.js"}',
  'libs/x/src/index.ts': "export * from './used';",
  'libs/x/src/used.ts': "import './parts';",
  'libs/x/src/parts/index.ts': '',
};

describe('orphan-files', () => {
  it('accepts what is reachable from the index, a program, a package binary or a test', () => {
    const texts = {
      ...library,
      'libs/x/src/used.spec.ts': "import './used'; import './fleet.test-support';",
      'libs/x/src/fleet.test-support.ts': '',
      'libs/x/src/migrate.main.ts': "void import('./migrator');",
      'libs/x/src/migrator.ts': '',
      'tools/y/package.json': '{"name": "y", "bin": {"y": "./dist/y.program.js"}}',
      'tools/y/src/y.program.ts': '',
    };
    expect(findingsOf(orphanFilesRule, texts)).toEqual([]);
  });

  it('accepts what is reachable from a path that the package exports', () => {
    const exported = { '.': { default: './dist/index.js' }, './x': { default: './dist/x/y.js' } };
    const texts = {
      ...library,
      'libs/x/package.json': JSON.stringify({ name: '@weir/x', exports: exported }),
      'libs/x/src/x/y.ts': '',
    };
    expect(findingsOf(orphanFilesRule, texts)).toEqual([]);
  });

  it('finds a file that nothing imports', () => {
    const texts = { ...library, 'libs/x/src/forgotten.ts': "import './used';" };
    expect(findingsOf(orphanFilesRule, texts)).toEqual([
      'libs/x/src/forgotten.ts:1 nothing imports it',
    ]);
  });

  it('finds a file that only tests import', () => {
    const texts = {
      ...library,
      'libs/x/src/fixture.ts': '',
      'libs/x/src/used.spec.ts': "import './fixture';",
    };
    expect(findingsOf(orphanFilesRule, texts)).toEqual([
      'libs/x/src/fixture.ts:1 only tests import it: use it, or name it *.test-support.ts',
    ]);
  });

  it('finds test support that no test uses', () => {
    const texts = { ...library, 'libs/x/src/fleet.test-support.ts': '' };
    expect(findingsOf(orphanFilesRule, texts)).toHaveLength(1);
  });

  it('accepts a thread that is named where it is started', () => {
    const texts = {
      ...library,
      'libs/x/src/used.ts': "import './parts'; new Worker(join(__dirname, 'watchdog.thread.js'));",
      'libs/x/src/watchdog.thread.ts': '',
    };
    expect(findingsOf(orphanFilesRule, texts)).toEqual([]);
  });
});

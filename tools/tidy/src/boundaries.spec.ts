import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './index';

interface LintMessage {
  readonly ruleId: string;
  readonly message: string;
}

const boundary = '@nx/enforce-module-boundaries';

/** Each import that is not allowed: where, what, and the rule that refuses it. */
const forbidden = [
  ['libs/domain/src/index.ts', '@weir/database', boundary],
  ['libs/planner/src/index.ts', '@weir/config', boundary],
  ['libs/planner/src/index.ts', 'node:fs', 'no-restricted-imports'],
  ['libs/domain/src/index.ts', 'perf_hooks', 'no-restricted-imports'],
  ['libs/domain/src/index.ts', '@nestjs/common', 'no-restricted-imports'],
  ['libs/worker-client/src/index.ts', '@weir/database', boundary],
  ['libs/embedded/src/index.ts', '@weir/database', boundary],
  ['libs/queues/src/index.ts', '@weir/orchestrator-api', boundary],
  ['libs/queues/src/index.ts', '../../../apps/orchestrator-api/src/main', boundary],
  ['libs/queues/src/index.ts', '../../database/src/index', boundary],
  ['libs/queues/src/index.ts', '@weir/testing', boundary],
  ['libs/queues/src/index.ts', '@weir/embedded', boundary],
  ['apps/balancer-worker/src/main.ts', '@weir/orchestrator-api', boundary],
  ['apps/balancer-worker/src/main.ts', '../../orchestrator-api/src/main', boundary],
  ['apps/balancer-worker/src/main.ts', '@weir/testing', boundary],
  ['apps/balancer-worker/src/main.ts', '@weir/start', boundary],
] as const;

const permitted = [
  ['libs/planner/src/index.ts', '@weir/domain'],
  ['libs/database/src/index.ts', '@weir/domain'],
  ['libs/queues/src/queues.spec.ts', '@weir/embedded'],
  ['libs/worker-client/src/index.ts', '@weir/domain'],
  ['apps/balancer-worker/src/main.ts', '@weir/planner'],
  ['apps/stream-worker/src/main.ts', '@weir/worker-client'],
  ['libs/config/src/index.ts', 'node:fs'],
] as const;

function lint(samples: readonly { path: string; text: string }[]): LintMessage[][] {
  const program = join(repositoryRoot, 'tools/tidy/lint-texts.mjs');
  const input = JSON.stringify(samples);
  const env = { ...process.env, NX_DAEMON: 'false' };
  const run = spawnSync(process.execPath, [program], { input, env, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout.slice(run.stdout.indexOf('[['))) as LintMessage[][];
}

function importing(path: string, specifier: string): { path: string; text: string } {
  return { path, text: `import * as other from '${specifier}';\nexport const x = other;\n` };
}

describe('lint', () => {
  const rulesOf = new Map<string, string[]>();

  beforeAll(() => {
    const samples = [...forbidden, ...permitted].map(([path, name]) => importing(path, name));
    const results = lint(samples);
    [...forbidden, ...permitted].forEach(([path, name], index) => {
      rulesOf.set(`${path} ${name}`, results[index]?.map((message) => message.ruleId) ?? []);
    });
  }, 120_000);

  it.each(forbidden)('refuses in %s the import of %s', (path, name, rule) => {
    expect(rulesOf.get(`${path} ${name}`)).toContain(rule);
  });

  it.each(permitted)('permits in %s the import of %s', (path, name) => {
    expect(rulesOf.get(`${path} ${name}`)).toEqual([]);
  });

  it('knows the types: a promise that nobody waits for is refused', () => {
    const text = 'async function f(): Promise<void> {}\nf();\n';
    const [messages] = lint([{ path: 'libs/config/src/index.ts', text }]);
    expect(messages?.map(({ ruleId }) => ruleId)).toEqual([
      '@typescript-eslint/no-floating-promises',
    ]);
  }, 60_000);

  it('does not listen to a comment that switches it off', () => {
    const text = '/* eslint-disable */\nexport const x: any = 1;\n';
    const [messages] = lint([{ path: 'libs/config/src/index.ts', text }]);
    expect(messages?.map(({ ruleId }) => ruleId)).toContain('@typescript-eslint/no-explicit-any');
  }, 60_000);
});

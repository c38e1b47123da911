import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom, by the tags in each package.json. Libraries never import applications,
 * applications never import each other, and the pure core imports nothing that does IO.
 */
const allowedTargets = {
  'scope:pure': ['name:domain'],
  'scope:client': ['name:domain'],
  'scope:lib': ['scope:lib', 'scope:pure'],
  'scope:embedded': ['scope:embedded', 'name:domain'],
  'scope:testing': ['scope:lib', 'scope:pure', 'scope:embedded', 'scope:client'],
  'scope:app': ['scope:lib', 'scope:pure', 'scope:client'],
  'scope:tool': ['*'],
};

/** Tests may also start real databases and a real source of streams; what is shipped may not. */
const testTargets = ['scope:testing', 'scope:embedded', 'name:source-server'];

/** The simulator runs the code of services itself, by what they export for it and nothing else. */
const simulatedServices = ['@weir/orchestrator-api/simulation', '@weir/balancer-worker/simulation'];

const boundaryRule = (extraTargets, allow = []) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow,
    depConstraints: Object.entries(allowedTargets).map(([sourceTag, targets]) => ({
      sourceTag,
      onlyDependOnLibsWithTags: [...targets, ...extraTargets],
    })),
  },
];

const tests = ['**/*.spec.ts', '**/*.test-support.ts'];

/** Node's own modules that do IO or tell the time, with and without the `node:` prefix. */
const ioModules = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'fs',
  'fs/promises',
  'http',
  'http2',
  'https',
  'net',
  'os',
  'perf_hooks',
  'process',
  'stream',
  'stream/promises',
  'timers',
  'timers/promises',
  'tls',
  'worker_threads',
].flatMap((name) => [name, `node:${name}`]);

export default [
  { ignores: ['**/dist', '**/out-tsc', '**/node_modules', '.nx', '.weir', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    linterOptions: { noInlineConfig: true },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': boundaryRule([]),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/src/**/*.ts'],
    ignores: tests,
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' },
  },
  {
    files: ['libs/domain/src/**/*.ts', 'libs/planner/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ioModules, patterns: ['@nestjs/*', 'typeorm', 'pg', 'ioredis', 'bullmq'] },
      ],
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'fetch',
        'process',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core takes now as an argument.' },
        { object: 'Math', property: 'random', message: 'The core takes a seed as an argument.' },
      ],
    },
  },
  {
    files: tests,
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaryRule(testTargets) },
  },
  {
    files: ['tools/simulator/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaryRule(testTargets, simulatedServices) },
  },
];

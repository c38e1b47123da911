import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom. libs never import apps, apps never import each other, the pure core imports nothing. */
const boundaries = [
  { sourceTag: 'scope:pure', onlyDependOnLibsWithTags: ['name:domain'] },
  { sourceTag: 'scope:client', onlyDependOnLibsWithTags: ['name:domain', 'scope:testing'] },
  {
    sourceTag: 'scope:lib',
    onlyDependOnLibsWithTags: ['scope:lib', 'scope:pure', 'scope:testing'],
  },
  { sourceTag: 'scope:embedded', onlyDependOnLibsWithTags: ['scope:embedded', 'name:domain'] },
  {
    sourceTag: 'scope:testing',
    onlyDependOnLibsWithTags: ['scope:lib', 'scope:pure', 'scope:embedded', 'scope:client'],
  },
  {
    sourceTag: 'scope:app',
    onlyDependOnLibsWithTags: [
      'scope:lib',
      'scope:pure',
      'scope:client',
      'scope:testing',
      'name:source-server',
    ],
  },
  { sourceTag: 'scope:tool', onlyDependOnLibsWithTags: ['*'] },
];

/** Tests of a lib may also start a real PostgreSQL and Redis. */
const specBoundaries = boundaries.map((rule) =>
  rule.sourceTag === 'scope:lib'
    ? { ...rule, onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'scope:embedded'] }
    : rule,
);

const ioModules = [
  'fs',
  'fs/promises',
  'net',
  'http',
  'https',
  'child_process',
  'worker_threads',
  'dgram',
  'dns',
  'timers',
  'timers/promises',
  'perf_hooks',
  'os',
  'cluster',
  'tls',
  'http2',
  'stream',
].flatMap((name) => [name, `node:${name}`]);

export default [
  { ignores: ['**/dist', '**/out-tsc', '**/node_modules', '.nx', '.weir', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.lib.json', 'tsconfig.spec.json'],
        tsconfigRootDir: process.env.WEIR_LINT_ROOT ?? process.cwd(),
      },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: boundaries },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.test-support.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' },
  },
  {
    files: ['libs/domain/src/**/*.ts', 'libs/planner/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.test-support.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ioModules, patterns: ['@nestjs/*', 'typeorm', 'pg'] },
      ],
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
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
    files: ['**/*.spec.ts', '**/*.test-support.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: specBoundaries },
      ],
    },
  },
];

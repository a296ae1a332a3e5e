import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Time, chance and environment come in through ports (Clock, Random, configuration), so that a whole cluster can run
 * on one thread from one seed. Below, everything that would read them past the ports is refused.
 */
const PORTS = 'take it through the Clock or Random port, or the configuration';

const hiddenInputs = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({ name, message: PORTS })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: PORTS },
    { object: 'Math', property: 'random', message: PORTS },
    { object: 'process', property: 'env', message: PORTS },
    { object: 'process', property: 'hrtime', message: PORTS },
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((property) => ({
      object: 'globalThis',
      property,
      message: PORTS,
    })),
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date(): ${PORTS}` },
    { selector: "CallExpression[callee.name='Date']", message: `Date(): ${PORTS}` },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        ...['timers', 'timers/promises'].map((name) => ({ name: `node:${name}`, message: PORTS })),
        { name: 'node:perf_hooks', importNames: ['performance'], message: PORTS },
        { name: 'node:process', importNames: ['env', 'hrtime'], message: PORTS },
      ],
    },
  ],
};

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'data/', 'node_modules/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,js,mjs,cjs}'],
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      // A file is one idea and fits on a few screens.
      'max-lines': ['error', 300],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
    },
  },
  { files: ['**/*{.,-}spec.ts'], rules: { 'max-lines': ['error', 500] } },
  {
    // Any Node can read it, however old.
    files: ['scripts/node-version.cjs'],
    languageOptions: { ecmaVersion: 5, sourceType: 'script' },
    rules: { 'no-var': 'off' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      // Files with decorators are left alone: Nest reads their constructors' types at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: [
      'libs/replication-core/src/**/*.ts',
      'libs/cluster/src/**/*.ts',
      'apps/master/src/**/*.ts',
      'apps/secondary/src/**/*.ts',
      'apps/node/src/**/*.ts',
      'libs/client/src/**/*.ts',
    ],
    // The socket's own closing is bounded where it is opened: there is no node around it yet. A program has no ports: what
    // comes from outside into the client comes in through one file.
    ignores: [
      '**/*.spec.ts',
      '**/main.ts',
      '**/testing/**',
      'libs/cluster/src/peers/web-socket-link.ts',
      'libs/client/src/surroundings.ts',
    ],
    rules: hiddenInputs,
  },
  {
    // Nest's scheduler is handed a timer and clears it at shutdown.
    files: ['apps/*/src/**/*.scheduler.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
);

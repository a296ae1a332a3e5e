/**
 * Imports run downward only: apps → cluster, http → log-store, replication-core, runtime → replication-contracts. The
 * client stands beside them.
 * Each rule names who may not import whom; what no rule names is free.
 */
const apps = '^apps/';
const test = '^(test|bench)/';
/** What production code is made of: neither specs nor the helpers they share. */
const spec = '[.]spec[.]ts$|/testing/';
const lib = (...names) => `^libs/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one, or that a third is missing.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: apps },
    },
    {
      name: 'contracts-stand-at-the-bottom',
      severity: 'error',
      from: { path: lib('replication-contracts') },
      to: { path: '^libs/', pathNot: lib('replication-contracts') },
    },
    {
      name: 'the-middle-layer-knows-contracts-only',
      severity: 'error',
      comment: 'Log store, core and runtime do not know each other: cluster and the apps introduce them.',
      from: { path: lib('log-store', 'replication-core', 'runtime'), pathNot: spec },
      to: { path: '^libs/', pathNot: [lib('replication-contracts'), '^libs/$1/'] },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'The core decides: it has no I/O, no Nest and no package, so that the simulation can run it whole.',
      from: { path: lib('replication-core'), pathNot: spec },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nest-stays-in-apps-http-and-runtime',
      severity: 'error',
      comment: 'What a node does beside its role is plain code: production and simulation compose it in the same way.',
      from: { path: lib('replication-contracts', 'replication-core', 'log-store', 'cluster') },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'the-client-stands-alone',
      severity: 'error',
      comment: 'Programs import it, also in browsers: it has no package, nothing of Node.js and nothing of ours in it.',
      from: { path: lib('client'), pathNot: spec },
      to: { path: '.', pathNot: lib('client') },
    },
    {
      name: 'no-node-uses-the-client',
      severity: 'error',
      comment: 'Nodes talk to each other over the link and the service routes.',
      from: { path: '^(apps|libs)/', pathNot: [lib('client'), spec] },
      to: { path: lib('client') },
    },
    {
      name: 'cluster-and-http-do-not-know-each-other',
      severity: 'error',
      from: { path: lib('cluster', 'http'), pathNot: spec },
      to: { path: lib('cluster', 'http'), pathNot: '^libs/$1/' },
    },
    {
      name: 'roles-do-not-know-each-other',
      severity: 'error',
      comment: 'apps/node alone knows both roles.',
      from: { path: '^apps/(master|secondary)/' },
      to: { path: '^apps/(master|secondary)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'roles-do-not-know-the-node',
      severity: 'error',
      comment: 'But their main.ts, which starts the one process in its role.',
      from: { path: '^apps/(master|secondary)/', pathNot: '/main[.]ts$' },
      to: { path: '^apps/node/' },
    },
    {
      name: 'only-the-node-knows-the-roles',
      severity: 'error',
      from: { path: apps, pathNot: '^apps/(master|secondary|node)/' },
      to: { path: '^apps/(master|secondary|node)/' },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: spec },
      to: { path: [test, spec] },
    },
    {
      name: 'production-needs-no-development-package',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: spec },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};

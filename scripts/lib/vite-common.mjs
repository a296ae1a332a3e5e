/** How the sources are read outside of `nest build`: decorator metadata for Nest's injection, and the names of the libs. */
import swc from 'unplugin-swc';
import { inProject } from './project.mjs';

/** Decorator metadata is what esbuild and oxc leave out and swc gives. */
const decorators = swc.vite({
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
});

const NAMES = {
  '@replog/contracts': 'libs/replication-contracts/src',
  '@replog/core': 'libs/replication-core/src',
  '@replog/log-store/testing': 'libs/log-store/src/testing',
  '@replog/log-store': 'libs/log-store/src',
  '@replog/platform/testing': 'libs/platform/src/testing',
  '@replog/platform': 'libs/platform/src',
  '@replog/master': 'apps/master/src',
  '@replog/secondary': 'apps/secondary/src',
  '@replog/node': 'apps/node/src',
};

const alias = Object.entries(NAMES).map(([find, folder]) => ({ find, replacement: inProject(folder, 'index.ts') }));

export const common = { plugins: [decorators], resolve: { alias } };

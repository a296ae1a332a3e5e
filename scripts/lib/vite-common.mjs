/** How the sources are read outside of `nest build`: decorator metadata for Nest's injection, and the names of the libs. */
import swc from 'unplugin-swc';

/** Decorator metadata is what esbuild and oxc leave out and swc gives. */
const decorators = swc.vite({
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
});

export const common = { plugins: [decorators], resolve: { tsconfigPaths: true } };

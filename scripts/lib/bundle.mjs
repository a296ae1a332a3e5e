/**
 * Bundles the TypeScript sources. tsconfig.json has the names of the libraries, and keeps the decorator types that
 * Nest injects by. `npm run check` checks types, not this.
 */
import { inProject } from './project.mjs';

/** Not to be bundled: native code, and pages that are looked for beside their package. */
const STAY_PACKAGES = ['fs-native-extensions', 'swagger-ui-dist'];
/** All but rolldown's own helpers. */
const EVERY_PACKAGE = /^(?!@replog\/|@oxc-project\/)[a-z@]/;

/**
 * `dist/bundle/<entry>.js`. A node has some two thousand modules with its packages. Finding, reading and linking them
 * one by one would be the largest part of its start.
 */
export const bundleNodes = () =>
  bundle('dist/bundle', STAY_PACKAGES, {
    node: 'apps/node/src/main.ts',
    master: 'apps/master/src/main.ts',
    secondary: 'apps/secondary/src/main.ts',
    // For `npm start` and the generated pages.
    configuration: 'libs/runtime/src/config/read-node-config.ts',
    errors: 'libs/replication-contracts/src/error-kinds.ts',
  });

/** As deep below the project as the sources, which find the nodes from where they are. Answers the folder. */
export const bundleTool = (name, entries) => bundle(`dist/${name}`, EVERY_PACKAGE, entries, { sourcemap: true });

async function bundle(folder, external, entries, output) {
  // Not before the packages are installed.
  const { build } = await import('rolldown');
  await build({
    input: Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, inProject(source)])),
    tsconfig: inProject('tsconfig.json'),
    platform: 'node',
    external,
    transform: { target: 'node20' },
    onLog: (level, log, report) => {
      const isUnresolved = log.code === 'UNRESOLVED_IMPORT';
      // Nest tries optional packages and goes on without them; what we import has to be there.
      if (isUnresolved && log.id.includes('node_modules')) return;
      report(isUnresolved ? 'error' : level, log);
    },
    output: {
      dir: inProject(folder),
      cleanDir: true,
      comments: { legal: true, annotation: false, jsdoc: false },
      // Names stay: schemas of Swagger, metrics and errors are called after their classes.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
      ...output,
    },
  });
  return inProject(folder);
}

/**
 * What nodes are started from: the build and its packages in one file a role, `dist/bundle/<role>.js`, and a common one.
 * A node is some two thousand modules; found, read and linked one by one they cost more than the rest of its start.
 */
import { rolldown } from 'rolldown';
import { inProject } from './lib/project.mjs';

/** Not to be moved: native code, and the files of a page that are looked for beside their package. */
const STAY_PACKAGES = ['fs-native-extensions', 'swagger-ui-dist'];
/** Optional packages of Nest's, which is ready not to find them. */
const EXPECTED = new Set(['UNRESOLVED_IMPORT']);

const bundle = await rolldown({
  input: Object.fromEntries(['node', 'master', 'secondary'].map((role) => [role, mainOf(role)])),
  platform: 'node',
  external: STAY_PACKAGES,
  onLog: (level, log, report) => {
    if (!EXPECTED.has(log.code)) report(level, log);
  },
});
// Names are seen: the schemas of Swagger, the metrics and the errors are called after their classes.
await bundle.write({
  dir: inProject('dist', 'bundle'),
  format: 'esm',
  comments: { legal: true, annotation: false, jsdoc: false },
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
});
await bundle.close();

function mainOf(role) {
  return inProject('dist', 'apps', role, 'src', 'main.js');
}

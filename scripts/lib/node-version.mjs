/**
 * The first import of every script: an old Node is told so in one sentence, before anything newer is used.
 * The bound is the one of package.json's "engines".
 */
const MINIMUM = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(`Replog needs Node.js ${MINIMUM.join('.')} or later; this is ${process.version}.\n`);
  process.exit(1);
}

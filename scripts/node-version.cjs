/**
 * Runs before every script (`node -r`), while nothing else has been read: an old Node gets a sentence, not a stack.
 * Written in the JavaScript of 2009 for that reason. The versions are those of "engines" in package.json.
 */
(function () {
  var parts = process.versions.node.split('.');
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  var wanted = 'Replog runs on Node.js 20.19 or a later 20, and on 22.12 or anything newer.';
  var found = 'This is ' + process.versions.node + ': install a current one from https://nodejs.org.';
  process.stderr.write(wanted + ' ' + found + '\n');
  process.exit(1);
})();

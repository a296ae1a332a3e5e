/** Loaded into a node before all else: every write and sync of the log waits for a random time up to SLOW_SYNC_MS first. */
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const most = Number(process.env.SLOW_SYNC_MS);

function slowed(name) {
  const real = fs[name];
  fs[name] = (...args) => setTimeout(() => real(...args), Math.random() * most);
}

// The log appends with `writev` to a file whose writes are durable, and syncs with the others. Nobody else uses them.
for (const name of ['fdatasync', 'fsync', 'writev']) slowed(name);
syncBuiltinESMExports();

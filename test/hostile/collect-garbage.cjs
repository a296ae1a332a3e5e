/** Loaded into the nodes under test: on SIGUSR2 all garbage is collected, so that what their heap holds then is held by something. */
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());

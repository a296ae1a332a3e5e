/**
 * What Node.js is told on the command line of a node. Decision 10 has the figures. The image says the same in its `CMD`.
 * A flag has to exist in every Node.js that `engines` allows: an unknown one ends the process.
 */
export const NODE_FLAGS = ['--heap-growing-percent=175'];

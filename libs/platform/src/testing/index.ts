export * from './fake-node.js';
export * from './seeded-random.js';
export * from './virtual-clock.js';

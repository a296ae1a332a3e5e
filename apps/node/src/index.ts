export * from './host/node-host.js';
export * from './host/open-node.js';
export * from './run-node.js';

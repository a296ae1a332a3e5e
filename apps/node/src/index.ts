export * from './host/node-host.js';
export * from './host/open-node.js';
export * from './host/role-life.js';
export * from './host/roles.js';
export * from './run-node.js';

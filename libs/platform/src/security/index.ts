export * from './api-key.guard.js';
export * from './api-keys.js';
export * from './credentials.js';
export * from './open-to.decorator.js';
export * from './refused-nodes.js';
export * from './service-gate.js';
export * from './service-tokens.js';

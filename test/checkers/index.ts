export * from './acknowledged.js';
export * from './agreement.js';
export * from './check-history.js';
export * from './contents.js';
export * from './history.js';
export * from './numbering.js';
export * from './real-time-order.js';

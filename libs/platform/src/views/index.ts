export * from './cluster.dto.js';
export * from './message.dto.js';
export * from './receipt.dto.js';
export * from './write-concern.dto.js';
export * from './promotion.dto.js';

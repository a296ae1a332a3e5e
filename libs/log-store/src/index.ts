export * from './data-directory.js';
export * from './file-system.port.js';
export * from './log-store.port.js';
export * from './memory/memory-log-store.js';
export * from './node-file-system.js';
export * from './segment/open-segment-log.js';
export { DamagedFileError } from './shared/checked-json.js';
export { partsOf } from './shared/parts-of.js';
export * from './state/node-state.js';

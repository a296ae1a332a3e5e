export * from './broken-rule.js';
export * from './cluster-ledger.js';
export * from './damage-notes.js';
export * from './durable-log.js';
export * from './forecast.js';
export * from './transfer-ledger.js';
export * from './kept-ledger.js';
export * from './stored-record.js';

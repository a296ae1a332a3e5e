export * from './log-store.port.js';

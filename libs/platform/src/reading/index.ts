export * from './damage-reporter.js';
export { KEEP_ALIVE_MS, MessageReader } from './message-reader.js';
export { formatMessage } from './message-format.js';
export { negotiate } from './read-format.js';
export * from './read-query.js';
export { ReadingModule } from './reading.module.js';

export * from './faulty-file-system.js';
export * from './memory-file-system.js';
export * from './records.js';
export * from './seeded-chance.js';
export * from './test-clock.js';

export * from './errors.js';
export * from './frames.js';
export * from './http.js';
export * from './limits.js';
export * from './payloads.js';
export * from './ports.js';
export * from './record.js';
export * from './views.js';

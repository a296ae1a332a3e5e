export * from './http-transport.js';
export * from './transport.port.js';
export * from './web-socket-link.js';

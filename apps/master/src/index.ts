export * from './health/ping.scheduler.js';
export * from './master.module.js';
export * from './office/office.service.js';

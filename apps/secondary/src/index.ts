export * from './messages/follower.js';
export * from './registration/registration.service.js';
export * from './secondary.module.js';

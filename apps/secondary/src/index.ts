export * from './messages/follower.js';
export * from './secondary.module.js';

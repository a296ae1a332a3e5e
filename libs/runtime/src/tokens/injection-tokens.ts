/** Injection tokens for the parts of a node that have no class. They are opened once and live as long as the node. */
export const NODE_CONFIG = Symbol('NODE_CONFIG');
export const NODE_VIEW = Symbol('NODE_VIEW');
export const LOG_STORE = Symbol('LOG_STORE');
export const CLOCK = Symbol('CLOCK');
export const RANDOM = Symbol('RANDOM');
export const LOGGER = Symbol('LOGGER');

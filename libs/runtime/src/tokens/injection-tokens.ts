/** Under which names a node's own parts are injected that have no class: they are opened once and live as long as it. */
export const NODE_CONFIG = Symbol('NODE_CONFIG');
export const NODE_VIEW = Symbol('NODE_VIEW');
export const LOG_STORE = Symbol('LOG_STORE');
export const CLOCK = Symbol('CLOCK');
export const RANDOM = Symbol('RANDOM');
export const LOGGER = Symbol('LOGGER');

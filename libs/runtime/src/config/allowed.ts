/** What several variables allow, and in which words. */
import type { LogLevel } from './node-config.js';

/** Upper limit of `MAX_SECONDARIES`. */
export const MOST_SECONDARIES = 256;

/** Visible ASCII without spaces: a header carries it unchanged. */
export const KEY_PATTERN = /^[\x21-\x7e]{1,512}$/;
export const KEY_ALLOWED = '1 to 512 visible ASCII characters without spaces';
export const FILE_ALLOWED = 'the path of a readable file';

export const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

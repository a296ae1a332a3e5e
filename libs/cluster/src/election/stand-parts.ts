import type { NodeParts } from '../node/node-parts.js';

/** What taking office needs of a node. */
export type StandParts = NodeParts;

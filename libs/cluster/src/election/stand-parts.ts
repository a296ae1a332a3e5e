import type { NodeParts } from '../node/node-parts.js';

/** What taking office needs of a node: everything but what it is itself part of. */
export type StandParts = Omit<NodeParts, 'promotion'>;

import type { NodeParts } from '../node/node-parts.js';

/** What an election needs of a node. */
export type ElectionParts = Omit<NodeParts, 'requests'>;

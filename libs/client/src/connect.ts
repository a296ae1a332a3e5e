/** Where a program begins. */
import { Log } from './log.js';
import type { ConnectOptions } from './options.js';
import { REAL } from './surroundings.js';

/** A log of which these nodes are known. Nothing is asked yet, and nothing has to be closed later. */
export function connect(options: ConnectOptions): Log {
  const { key } = options;
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key))
    throw new TypeError('key is missing, or no key: give the API_KEY of the nodes.');
  return new Log({ ...options, nodes: checkedNodes(options.nodes) }, REAL);
}

function checkedNodes(nodes: readonly string[]): readonly string[] {
  if (!Array.isArray(nodes) || nodes.length === 0)
    throw new TypeError('nodes is empty: list at least one address, such as http://localhost:8000.');
  return [...new Set(nodes.map(checkedNode))];
}

function checkedNode(node: string): string {
  const url = URL.canParse(node) ? new URL(node) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TypeError(`${JSON.stringify(node)} is no address of a node: write it as http://localhost:8000.`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

import type { IncomingHttpHeaders } from 'node:http';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';

/**
 * A node passes requests of clients on to the address where the master of its cluster was. A master of another cluster may
 * live there by now, such as a wiped node that has founded one: it must not take them.
 */
export function refuseOtherCluster(headers: IncomingHttpHeaders, clusterId: string | null): void {
  const meant = headers[HEADERS.cluster];
  if (meant === undefined || meant === clusterId) return;
  throw new ReplogError(
    'NO_MASTER',
    `The request is for the master of cluster ${String(meant)}, and this node belongs to ${clusterId ?? 'none'}. Nothing was done: try again shortly.`,
    { retryAfterS: 1 },
  );
}

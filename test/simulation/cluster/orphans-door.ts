/** What a node's routes on orphans come to, without HTTP. */
import type { OrphanSet } from '@replog/log-store/log-store.port.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';

export interface OrphansDoor {
  list(): Promise<readonly OrphanSet[]>;
  reappend(id: string): Promise<Reappended>;
}

/** What a node's routes on orphans come to, without HTTP. */
import type { OrphanSet } from '@replog/log-store';
import type { Reappended } from '@replog/platform';

export interface OrphansDoor {
  list(): Promise<readonly OrphanSet[]>;
  reappend(id: string): Promise<Reappended>;
}

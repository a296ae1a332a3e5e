/**
 * The way out of a majority that is lost for good. Every refusal that comes from a lost majority ends with it, so that
 * nobody has to know it beforehand.
 */
export function wayOut(nodeId: string): string {
  return (
    `If members are gone for good, POST /cluster/promote with {"force": true} at ${nodeId} takes out all that do not ` +
    'answer and goes on; with "dryRun": true the answer only says what may be lost.'
  );
}

/** What helps where a master stays away, with automatic failover and without. */
export const WITHOUT_MASTER =
  'With FAILOVER=auto three members or more elect another master by themselves while a majority of them runs. If it lasts, ' +
  'start the node that was master again, or make another member master with POST /cluster/promote.';

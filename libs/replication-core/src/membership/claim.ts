/**
 * A wiped node that is started as master founds a second cluster, since it has nobody to ask first. The members of its
 * own cluster meet it there and claim it. It gives up what it has founded only while nothing is lost by that.
 */
export interface FounderFacts {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly holdsTerm: boolean;
  /** Number of messages in its log. */
  readonly messages: number;
  /** Other nodes that are members here or have registered. */
  readonly others: number;
}

export interface Claim {
  readonly clusterId: string;
  /** The node that claims, a member of that cluster. */
  readonly nodeId: string;
  /** The node id that its membership lists. */
  readonly listed: string;
}

/** Why a node keeps its own cluster, for the operator; `null` if it gives it up. */
export function refusalOfClaim(founder: FounderFacts, claim: Claim): string | null {
  const why = whyKept(founder, claim);
  if (why === null) return null;
  const { nodeId, clusterId } = founder;
  return (
    `${claim.nodeId} of cluster ${claim.clusterId} lists ${claim.listed} as a member, but ${nodeId} belongs to cluster ${clusterId}: ${why}. ` +
    `Nothing is changed. If ${nodeId} belongs to cluster ${claim.clusterId}, stop it and start it with an empty data directory and SERVER_TYPE=secondary.`
  );
}

function whyKept(founder: FounderFacts, { listed }: Claim): string | null {
  if (listed !== founder.nodeId) return 'another node is meant';
  if (founder.messages > 0) return `it has taken messages of its own (${founder.messages})`;
  if (founder.others > 0) return 'other nodes have joined it';
  if (!founder.holdsTerm) return 'it is not its master now';
  return null;
}

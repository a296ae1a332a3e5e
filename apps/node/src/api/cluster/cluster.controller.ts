import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ClusterView, ElectionView, MemberView, OrphansView } from '@replog/contracts/views.js';
import type { Clock } from '@replog/contracts/ports.js';
import { failoverView } from '@replog/cluster/election/failover-view.js';
import type { Election } from '@replog/cluster/history/elections.js';
import type { OrphanTotals } from '@replog/cluster/orphans/orphan-count.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { CLOCK, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import { ClusterDto } from './cluster.dto.js';

@ApiTags('cluster')
@OpenTo('client')
@Controller('cluster')
export class ClusterController {
  constructor(
    private readonly node: LocalNode,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The cluster as this node sees it: role, epoch, members, committed index' })
  @ApiOkResponse({ type: ClusterDto })
  @Answers('INVALID_PARAMETER')
  async view(): Promise<ClusterView> {
    const { node } = this;
    return {
      clusterId: node.clusterId,
      nodeId: node.nodeId,
      role: node.role,
      epoch: node.epoch,
      master: node.master === null ? null : { nodeId: node.master.nodeId, url: node.master.url },
      members: node.term === null ? this.membersOfLog() : await node.term.members(),
      committed: node.committed,
      lastIndex: node.store.last.index,
      lastSeq: node.store.last.seq,
      exposure: node.term?.exposure ?? null,
      failover: failoverView({ node, clock: this.clock, config: this.config }),
      elections: node.elections.list.map(electionView),
      orphans: orphansView(node.orphans.totals),
    };
  }

  /** A secondary only knows the membership in its log. */
  private membersOfLog(): MemberView[] {
    const { node } = this;
    return node.membership.members.map((member) => ({
      nodeId: member.nodeId,
      url: member.url,
      state: member.nodeId === node.master?.nodeId ? 'MASTER' : 'UNKNOWN',
      since: null,
      reason: 'from the membership in the log of this node; the master knows its state',
      storage: member.nodeId === node.nodeId ? node.storage : null,
      lastIndex: member.nodeId === node.nodeId ? node.store.durable.index : 0,
      lag: null,
    }));
  }
}

function electionView({ epoch, master, timestampMs, ...known }: Election): ElectionView {
  const { cause = null, votes = null, without = null, lost = null, tookMs = null } = known;
  return { epoch, master, cause, at: isoTime(timestampMs), votes, without, lost, tookMs };
}

const ADVICE =
  'GET /orphans at this node, with the admin key, lists them; POST /orphans/{id}/reappend appends the messages of a set again.';

function orphansView(totals: OrphanTotals | null): OrphansView | null {
  return totals === null ? null : { ...totals, advice: totals.sets === 0 ? null : ADVICE };
}

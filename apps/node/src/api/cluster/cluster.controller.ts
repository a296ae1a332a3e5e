import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ClusterView, MemberView } from '@replog/contracts/views.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { ClusterDto } from './cluster.dto.js';

@ApiTags('cluster')
@OpenTo('client')
@Controller('cluster')
export class ClusterController {
  constructor(private readonly node: LocalNode) {}

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

/** The secondaries and the membership in this node's term. */
import { Injectable } from '@nestjs/common';
import type { LeaveRequest, RegisterAnswer, RegisterRequest } from '@replog/contracts/http.js';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import type { FailoverView } from '@replog/contracts/views.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { MasterTerms } from '../term/master-terms.js';
import type { SecondaryView } from './member-views.js';

@Injectable()
export class RegistryService {
  constructor(
    private readonly node: LocalNode,
    private readonly terms: MasterTerms,
    private readonly identity: IdentityService,
  ) {}

  /** `url`: the advertised address of the node, or the one it called from. */
  async register(request: RegisterRequest, url: string): Promise<RegisterAnswer> {
    const { current } = this.terms;
    if (current !== null) return current.registry.registrar.register(request, url);
    throw refuseRegistration(this.node, this.identity, request, url);
  }

  /** Resolves once the node is out of the membership, and that is committed. */
  leave(request: LeaveRequest): Promise<void> {
    return this.terms.require().registry.removal.leave(request);
  }

  list(): Promise<SecondaryView[]> {
    return this.terms.require().registry.views.secondaries();
  }

  /** Resolves once the removal is committed. */
  remove(nodeId: string): Promise<void> {
    return this.terms.require().registry.removal.remove(nodeId);
  }

  /** Resolves once the pause is committed. */
  pauseFailover(minutes: number): Promise<FailoverView> {
    return this.terms.require().registry.pause.begin(minutes);
  }

  /** Resolves once the end of the pause is committed. */
  endPause(): Promise<FailoverView> {
    return this.terms.require().registry.pause.end();
  }
}

/** Notes the address of a node that looks for a master: a later campaign asks it for its vote there. */
export function refuseRegistration(
  node: LocalNode,
  identity: Pick<IdentityService, 'addressClaimed'>,
  request: RegisterRequest,
  url: string,
): Error {
  refuseForeign(node, request.clusterId, request.nodeId);
  if (request.clusterId === node.clusterId) identity.addressClaimed(request.nodeId, url);
  return noTermHere(node);
}

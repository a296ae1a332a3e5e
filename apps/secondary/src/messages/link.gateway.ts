/** The WebSocket at `/replication` where a master opens its link, with a service token. */
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { ReplogError } from '@replog/contracts/errors.js';
import { APPEND_HEADER_BYTES } from '@replog/contracts/frames.js';
import { HEADERS, SERVICE_ROUTES } from '@replog/contracts/http.js';
import { MAX_BLOCK_BYTES } from '@replog/contracts/limits.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { WebSocketLink } from '@replog/cluster/peers/web-socket-link.js';
import { RefusedNodes } from '@replog/http/security/refused-nodes.js';
import { ServiceGate } from '@replog/http/security/service-gate.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { SecondaryTerms } from '../term/secondary-terms.js';

@Injectable()
export class LinkGateway implements OnModuleInit, OnModuleDestroy {
  private readonly server: WebSocketServer;
  private unregister: () => void = () => undefined;

  constructor(
    private readonly upgrades: UpgradeRouter,
    private readonly gate: ServiceGate,
    private readonly refusedNodes: RefusedNodes,
    private readonly node: LocalNode,
    private readonly terms: SecondaryTerms,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_BLOCK_BYTES + APPEND_HEADER_BYTES,
    });
  }

  onModuleInit(): void {
    this.unregister = this.upgrades.register(SERVICE_ROUTES.link, async (request, socket, head) => {
      const { nodeId } = await this.gate.authenticate(request.headers);
      this.admit(request.headers, nodeId);
      const { current } = this.terms;
      if (current === null) throw noLinkHere();
      this.server.handleUpgrade(request, socket, head, (webSocket) => {
        current.follower.follow(new WebSocketLink(webSocket, this.config), nodeId);
      });
    });
  }

  private admit(headers: IncomingHttpHeaders, master: string): void {
    if (this.node.clusterId === null) {
      throw new ReplogError('NOT_READY', 'This node has not joined a cluster yet: it registers first.', {
        retryAfterS: 1,
      });
    }
    try {
      this.gate.requireOwnKind(headers, master);
      // Only a master opens a link, and it has a cluster.
      if (headers[HEADERS.cluster] === undefined) throw nameless(master);
    } catch (error) {
      if (error instanceof ReplogError) this.refusedNodes.note(master, `the link ${SERVICE_ROUTES.link}`, error);
      throw error;
    }
  }

  onModuleDestroy(): void {
    this.unregister();
    this.server.close();
  }
}

function nameless(caller: string): ReplogError {
  const sentence = `${caller} does not say which cluster it belongs to: ${HEADERS.cluster} is missing.`;
  return new ReplogError('FOREIGN_CLUSTER', sentence);
}

function noLinkHere(): ReplogError {
  return new ReplogError('ROUTE_NOT_FOUND', 'This node is not a secondary: it accepts no link.');
}

/** Where a master opens its link: the WebSocket at `/replication`, under the service token. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { APPEND_HEADER_BYTES, MAX_BATCH_BYTES, ReplogError, SERVICE_ROUTES } from '@replog/contracts';
import { LocalNode, NODE_CONFIG, ServiceTokens, UpgradeRouter, WebSocketLink } from '@replog/platform';
import type { NodeConfig } from '@replog/platform';
import { Follower } from './follower.js';

@Injectable()
export class LinkGateway implements OnModuleInit, OnModuleDestroy {
  private readonly server: WebSocketServer;
  private unregister: () => void = () => undefined;

  constructor(
    @Inject(UpgradeRouter) private readonly upgrades: UpgradeRouter,
    @Inject(ServiceTokens) private readonly tokens: ServiceTokens,
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(Follower) private readonly follower: Follower,
    @Inject(NODE_CONFIG) config: NodeConfig,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: config.maxMessageBytes + MAX_BATCH_BYTES + APPEND_HEADER_BYTES,
    });
  }

  onModuleInit(): void {
    this.unregister = this.upgrades.register(SERVICE_ROUTES.link, async (request, socket, head) => {
      const { nodeId } = await this.tokens.authenticateService(request.headers);
      if (this.node.clusterId === null) {
        throw new ReplogError('NOT_READY', 'This node has not joined a cluster yet: it registers first.', {
          retryAfterS: 1,
        });
      }
      this.server.handleUpgrade(request, socket, head, (webSocket) => {
        this.follower.follow(new WebSocketLink(webSocket), nodeId);
      });
    });
  }

  onModuleDestroy(): void {
    this.unregister();
    this.server.close();
  }
}

import { Agent } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Global, Module } from '@nestjs/common';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { MASTER_FORWARD } from '@replog/http/forward/forward.port.js';
import { MASTER_APPEND } from '@replog/cluster/orphans/master-append.port.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { CLOCK, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { Forwarder } from '../forward/forwarder.js';
import { MasterRequests } from '../forward/master-requests.js';
import { HttpMasterAppend } from './http-master-append.js';
import { HttpTransport } from './http-transport.js';

/** Requests to other nodes. No status throws, and redirects are not followed: the caller handles both. */
@Global()
@Module({
  imports: [
    HttpModule.registerAsync({
      useFactory: () => ({
        httpAgent: new Agent({ keepAlive: true, maxSockets: 8 }),
        maxRedirects: 0,
        proxy: false,
        validateStatus: () => true,
      }),
    }),
  ],
  providers: [
    {
      provide: TRANSPORT,
      inject: [HttpService, ServiceTokens, NODE_CONFIG, LocalNode],
      useFactory: (http: HttpService, tokens: ServiceTokens, config: NodeConfig, node: LocalNode) =>
        new HttpTransport(http, tokens, config, () => node.clusterId, node.bootId),
    },
    {
      provide: MASTER_APPEND,
      inject: [HttpService, NODE_CONFIG, LocalNode],
      useFactory: (http: HttpService, config: NodeConfig, node: LocalNode) =>
        new HttpMasterAppend(http, config, () => node.clusterId),
    },
    MasterRequests,
    {
      provide: MASTER_FORWARD,
      inject: [MasterRequests, LocalNode, CLOCK, ServiceTokens, NODE_CONFIG],
      useFactory: (
        requests: MasterRequests,
        node: LocalNode,
        clock: Clock,
        tokens: ServiceTokens,
        config: NodeConfig,
      ) => new Forwarder(requests, node, clock, tokens, config),
    },
  ],
  exports: [TRANSPORT, MASTER_APPEND, MASTER_FORWARD, MasterRequests],
})
export class TransportModule {}

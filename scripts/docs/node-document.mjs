/**
 * The OpenAPI document of a node, as it answers it at `/docs-json`. Nest's preview mode lays out modules
 * and controllers without making any of their parts: no port is opened, no loop starts, nothing is stored.
 */
import { built } from './built.mjs';

export async function describeNode() {
  const { NestFactory } = await import('@nestjs/core');
  const { createNodeAdapter } = await built('libs/http/src/server/fastify-adapter.js');
  const { describeApi } = await built('libs/http/src/openapi/setup-swagger.js');
  const { NodeModule } = await built('apps/node/src/node.module.js');
  const opened = await openedNode();
  const { adapter } = createNodeAdapter(opened.context);
  const app = await NestFactory.create(
    NodeModule.of(opened, () => undefined),
    adapter,
    {
      preview: true,
      logger: false,
    },
  );
  return describeApi(app);
}

/** As much of a node as its modules take to be laid out. Default configuration: it is what the pages speak of. */
async function openedNode() {
  const { readNodeConfig } = await built('libs/runtime/src/config/read-node-config.js');
  const { equipNode } = await built('libs/cluster/src/node/node-context.js');
  const { LocalNode } = await built('libs/cluster/src/node/local-node.js');
  const { VoteBook } = await built('libs/cluster/src/votes/vote-book.js');
  const { MemoryLogStore } = await built('libs/log-store/src/memory/memory-log-store.js');
  const config = readNodeConfig({ API_KEY: 'none', NODE_ID: 'documentation', LOG_LEVEL: 'silent' }, 'master');
  const state = { current: { nodeId: config.nodeId, incarnation: '', clusterId: null, promised: null } };
  const log = new MemoryLogStore();
  const node = new LocalNode(state, log, null);
  return { context: { ...equipNode(config), view: node, log }, node, votes: new VoteBook(node), damageRelay: {} };
}

/**
 * The OpenAPI documents of both roles, as their nodes answer them at `/docs-json`. Nest's preview mode lays out modules
 * and controllers without making any of their parts: no port is opened, no loop starts, nothing is stored.
 */
import { built } from './built.mjs';

export async function describeRoles() {
  const [{ NestFactory }, platform, store, { MasterModule }, { SecondaryModule }] = await Promise.all([
    import('@nestjs/core'),
    built('libs/platform/src/index.js'),
    built('libs/log-store/src/index.js'),
    built('apps/master/src/index.js'),
    built('apps/secondary/src/index.js'),
  ]);
  const describe = async (role, moduleOf) => {
    const parts = partsOfNode(platform, store, role);
    const { adapter } = platform.createRoleAdapter(parts);
    const app = await NestFactory.create(moduleOf(parts), adapter, { preview: true, logger: false });
    return platform.describeApi(app, `Replog ${role}`);
  };
  return {
    master: await describe('master', (parts) => MasterModule.forNode(parts)),
    secondary: await describe('secondary', (parts) => SecondaryModule.forNode(parts)),
  };
}

/** As much of a node as its modules take to be laid out. Default configuration: it is what the pages speak of. */
function partsOfNode({ equipNode, readNodeConfig, LocalNode, PromiseBook }, { MemoryLogStore }, role) {
  const config = readNodeConfig({ API_KEY: 'none', NODE_ID: 'documentation', LOG_LEVEL: 'silent' }, role);
  const state = { current: { nodeId: config.nodeId, incarnation: '', clusterId: null, promised: null } };
  const log = new MemoryLogStore();
  const node = new LocalNode(state, log, null);
  return { ...equipNode(config), view: node, log, node, promises: new PromiseBook(node), transport: {}, damage: {} };
}

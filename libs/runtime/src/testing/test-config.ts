/** A configuration for tests. */
import type { NodeConfig } from '../config/node-config.js';
import { readNodeConfig } from '../config/read-node-config.js';

export const CLIENT_KEY = 'client-key';
export const ADMIN_KEY = 'admin-key';

export function testConfig(env: NodeJS.ProcessEnv = {}): NodeConfig {
  return readNodeConfig({
    SERVER_TYPE: 'master',
    API_KEY: CLIENT_KEY,
    ADMIN_API_KEY: ADMIN_KEY,
    CLUSTER_SECRET: 'a secret of the cluster',
    NODE_ID: 'm1',
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'json',
    ...env,
  });
}

import { describe, expect, it } from 'vitest';
import { refuseOtherCluster } from './refuse-other-cluster.js';

describe('a request that a node has passed on', () => {
  it('is taken by the cluster that it names, and so is one that names none', () => {
    expect(() => refuseOtherCluster({ 'x-replog-cluster': 'ours' }, 'ours')).not.toThrow();
    expect(() => refuseOtherCluster({}, 'ours')).not.toThrow();
  });

  it.each([['another'], [null]])('is refused by a node of cluster %s', (clusterId) => {
    expect(() => refuseOtherCluster({ 'x-replog-cluster': 'ours' }, clusterId)).toThrow(
      /for the master of cluster ours/,
    );
  });
});

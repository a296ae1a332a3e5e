import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createNodeApp } from '../../host/node-app.js';
import type { NodeApp } from '../../host/node-app.js';
import { moduleOf } from '../../testing/module-of.js';
import { HealthcheckModule } from './healthcheck.module.js';
import { testContext, testView } from '@replog/cluster/testing/fake-node.js';
import { HealthController } from './health.controller.js';

describe('/healthcheck', () => {
  let node: NodeApp;
  const view = testView();

  beforeEach(async () => {
    Object.assign(view, { notReady: null, storage: 'ok', holdsTerm: true });
    const context = testContext({ view });
    node = await createNodeApp(moduleOf(context, { imports: [HealthcheckModule] }), context);
  });

  afterEach(() => node.app.close());

  it('answers as long as the process lives, ready or not', async () => {
    for (const reason of [null, 'the log is being opened']) {
      view.notReady = reason;
      const answer = await node.app.inject('/healthcheck');
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', info: {}, error: {}, details: {} }]);
    }
  });

  it('fails on a master that cannot store, and on no other node', async () => {
    view.storage = 'stalled';
    const failed = await node.app.inject('/healthcheck');
    expect([failed.statusCode, failed.json().code]).toEqual([503, 'NOT_READY']);
    expect(failed.json().detail).toMatch(/This master stores nothing: its disk is stalled/);
    view.holdsTerm = false;
    expect((await node.app.inject('/healthcheck')).statusCode).toBe(200);
    Object.assign(view, { holdsTerm: true, storage: 'full' });
    expect((await node.app.inject('/healthcheck')).statusCode).toBe(200);
  });

  it('is ready when the node can serve', async () => {
    const answer = await node.app.inject('/healthcheck/ready');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'ok', details: { node: { status: 'up' } } });
  });

  it('is not ready while the node cannot serve, and gives the reason', async () => {
    view.notReady = 'no master is known yet';
    const answer = await node.app.inject('/healthcheck/ready');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json()).toMatchObject({
      code: 'NOT_READY',
      detail: 'no master is known yet',
      error: { node: { status: 'down', message: 'no master is known yet' } },
    });
  });

  it('names a ready master only, and says who else is', async () => {
    const ask = () => node.app.inject('/healthcheck/master');
    Object.assign(view, { holdsTerm: true });
    expect((await ask()).statusCode).toBe(200);
    view.notReady = 'the log is being opened';
    expect((await ask()).json()).toMatchObject({ code: 'NOT_READY', detail: 'the log is being opened' });
    view.notReady = null;
    Object.assign(view, { holdsTerm: false, master: { nodeId: 'm2', url: 'http://m2', epoch: 2 } });
    const answer = await ask();
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json().detail).toBe('This node is not the master: m2 is, at http://m2.');
    Object.assign(view, { master: null });
    expect((await ask()).json().detail).toBe('This node is not the master: no master is known.');
  });

  it('is not ready from the start of a shutdown', async () => {
    node.app.get(HealthController).onModuleDestroy();
    const answer = await node.app.inject('/healthcheck/ready');
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'SHUTTING_DOWN']);
    expect((await node.app.inject('/healthcheck')).statusCode).toBe(200);
  });
});

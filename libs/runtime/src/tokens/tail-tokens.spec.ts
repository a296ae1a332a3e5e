import { SERVICE_TOKEN_LEEWAY_S, TAIL_TOKEN_TTL_S } from '@replog/contracts/limits.js';
import { beforeEach, describe, expect, it } from 'vitest';

import { testConfig } from '../testing/test-config.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { ServiceTokens } from './service-tokens.js';
import { TailTokens } from './tail-tokens.js';

const REFUSED = { code: 'UNAUTHENTICATED', message: expect.stringContaining('POST /tail-tokens') as string };

describe('the token of a live tail', () => {
  let clock: VirtualClock;
  let service: ServiceTokens;
  let tails: TailTokens;

  const nodeWith = (env: NodeJS.ProcessEnv): ServiceTokens => new ServiceTokens(testConfig(env), clock);

  beforeEach(() => {
    clock = new VirtualClock();
    service = nodeWith({});
    tails = new TailTokens(service);
  });

  it('is taken by every node of the cluster, until it expires', async () => {
    const { token, expiresMs } = await tails.issue();
    expect(expiresMs).toBe(Math.floor(clock.wallMs() / 1000 + TAIL_TOKEN_TTL_S) * 1000);
    const other = new TailTokens(nodeWith({ NODE_ID: 's1' }));
    clock.advance((TAIL_TOKEN_TTL_S + SERVICE_TOKEN_LEEWAY_S - 1) * 1000);
    await other.verify(token);
    clock.advance(2000);
    await expect(other.verify(token)).rejects.toMatchObject(REFUSED);
  });

  it('is valid by either clock of the node that checks it', async () => {
    class Stepped extends VirtualClock {
      stepMs = 0;
      override wallMs = (): number => clock.wallMs() + this.stepMs;
      override nowMs = (): number => clock.nowMs();
    }
    const stepped = new Stepped();
    const other = new TailTokens(new ServiceTokens(testConfig({ NODE_ID: 's1' }), stepped));
    const { token } = await tails.issue();
    for (const stepMs of [3_600_000, -3_600_000]) {
      stepped.stepMs = stepMs;
      await other.verify(token);
    }
  });

  it('is made by the clock that the peers believe', async () => {
    class Stepping extends VirtualClock {
      stepMs = 0;
      override wallMs(): number {
        return super.wallMs() + this.stepMs;
      }
    }
    const stepping = new Stepping();
    const peers = new ServiceTokens(testConfig({ NODE_ID: 's1' }), stepping);
    const own = new TailTokens(peers);
    stepping.stepMs = 3_600_000;
    const refused = await peers.issue();
    await expect(service.verify(refused)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(tails.verify((await own.issue()).token)).rejects.toMatchObject(REFUSED);
    await peers.replace(refused);
    await tails.verify((await own.issue()).token);
  });

  it('opens nothing that the token of a node opens, nor the other way round', async () => {
    await expect(service.verify((await tails.issue()).token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(tails.verify(await service.issue())).rejects.toMatchObject(REFUSED);
  });

  it('is refused if it is of another cluster, or no token at all', async () => {
    const foreign = new TailTokens(nodeWith({ CLUSTER_SECRET: 'another secret, as long' }));
    for (const token of [(await foreign.issue()).token, '', 'no token', ['a', 'b'], undefined])
      await expect(tails.verify(token)).rejects.toMatchObject(REFUSED);
  });
});

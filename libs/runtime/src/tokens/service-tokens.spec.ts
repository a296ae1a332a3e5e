import { SignJWT, UnsecuredJWT } from 'jose';
import { SERVICE_TOKEN_LEEWAY_S, SERVICE_TOKEN_TTL_S } from '@replog/contracts/limits.js';
import { beforeEach, describe, expect, it } from 'vitest';

import { testConfig } from '../testing/test-config.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { ServiceTokens } from './service-tokens.js';

/** The clock of a machine whose wall clock steps, or which sleeps: its steady clock then lacks that time. */
class SteppingClock extends VirtualClock {
  stepMs = 0;
  sleptMs = 0;

  constructor(private readonly actual: VirtualClock) {
    super();
  }

  override wallMs(): number {
    return this.actual.wallMs() + this.stepMs;
  }

  override nowMs(): number {
    return this.actual.nowMs() - this.sleptMs;
  }
}

const REFUSED = { code: 'UNAUTHENTICATED', status: 401 };

describe('the token between nodes', () => {
  let clock: VirtualClock;
  let tokens: ServiceTokens;

  beforeEach(() => {
    clock = new VirtualClock();
    tokens = new ServiceTokens(testConfig(), clock);
  });

  it('names its maker to another node of the cluster', async () => {
    const other = new ServiceTokens(testConfig({ NODE_ID: 's1' }), clock);
    expect(await other.verify(await tokens.issue())).toEqual({ nodeId: 'm1' });
  });

  it('is renewed once half its lifetime is over', async () => {
    const first = await tokens.issue();
    clock.advance((SERVICE_TOKEN_TTL_S / 2) * 1000 - 1);
    expect(await tokens.issue()).toBe(first);
    clock.advance(1);
    expect(await tokens.issue()).not.toBe(first);
  });

  it('expires after its lifetime and the leeway', async () => {
    const token = await tokens.issue();
    clock.advance((SERVICE_TOKEN_TTL_S + SERVICE_TOKEN_LEEWAY_S - 1) * 1000);
    expect(await tokens.verify(token)).toEqual({ nodeId: 'm1' });
    clock.advance(2000);
    await expect(tokens.verify(token)).rejects.toMatchObject(REFUSED);
  });

  describe('when the wall clock of a node steps', () => {
    const HOUR_MS = 3_600_000;
    let stepped: SteppingClock;
    let node: ServiceTokens;

    beforeEach(() => {
      stepped = new SteppingClock(clock);
      node = new ServiceTokens(testConfig({ NODE_ID: 's1' }), stepped);
    });

    it.each([HOUR_MS, -HOUR_MS])('by %i ms, it takes the tokens of the others as before', async (stepMs) => {
      const before = await tokens.issue();
      stepped.stepMs = stepMs;
      expect(await node.verify(before)).toEqual({ nodeId: 'm1' });
      clock.advance(HOUR_MS / 6);
      expect(await node.verify(await tokens.issue())).toEqual({ nodeId: 'm1' });
      await expect(node.verify(before)).rejects.toMatchObject(REFUSED);
    });

    it.each([HOUR_MS, -HOUR_MS])(
      'by %i ms, its token is renewed, and what a peer refuses is replaced',
      async (stepMs) => {
        const before = await node.issue();
        stepped.stepMs = stepMs;
        const after = await node.issue();
        expect(after).not.toBe(before);
        await expect(tokens.verify(after)).rejects.toMatchObject(REFUSED);
        const [replaced, again] = await Promise.all([node.replace(after), node.replace(after)]);
        expect(again).toBe(replaced);
        expect(await tokens.verify(replaced)).toEqual({ nodeId: 's1' });
        expect(await node.issue()).toBe(replaced);
      },
    );

    it('after a sleep of one machine, it counts by the wall clock', async () => {
      // While it sleeps, its steady clock stands still: its wall clock alone moves on.
      clock.advance(HOUR_MS);
      stepped.sleptMs = HOUR_MS;
      expect(await tokens.verify(await node.issue())).toEqual({ nodeId: 's1' });
      expect(await node.verify(await tokens.issue())).toEqual({ nodeId: 'm1' });
    });
  });

  it('is refused from a node with another secret', async () => {
    const foreign = new ServiceTokens(testConfig({ CLUSTER_SECRET: 'another secret, as long' }), clock);
    await expect(tokens.verify(await foreign.issue())).rejects.toMatchObject(REFUSED);
  });

  it('is refused if invalid: unsigned, changed, without expiry, for another audience, or not a token', async () => {
    const [header, , signature] = (await tokens.issue()).split('.');
    const changed = Buffer.from(JSON.stringify({ iss: 's9', aud: 'replog:service' })).toString('base64url');
    const nowS = Math.floor(clock.wallMs() / 1000);
    const unsigned = new UnsecuredJWT({}).setIssuer('m1').setAudience('replog:service').setIssuedAt(nowS);
    const signed = (audience: string): SignJWT =>
      new SignJWT().setProtectedHeader({ alg: 'HS256' }).setIssuer('m1').setAudience(audience).setIssuedAt(nowS);
    const forged = [
      unsigned.setExpirationTime(nowS + 60).encode(),
      `${header}.${changed}.${signature}`,
      await signed('replog:service').sign(testConfig().clusterKey),
      await signed('elsewhere')
        .setExpirationTime(nowS + 60)
        .sign(testConfig().clusterKey),
      'no token',
    ];
    for (const token of forged) await expect(tokens.verify(token), token).rejects.toMatchObject(REFUSED);
  });
});

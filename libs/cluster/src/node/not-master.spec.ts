import { describe, expect, it } from 'vitest';
import { noTermHere, notMaster } from './not-master.js';

const M1 = { nodeId: 'm1', url: 'http://m1:8000', epoch: 1 };

describe('a request that needs the master', () => {
  it('is told where the master is', () => {
    expect(notMaster(M1)).toMatchObject({ code: 'NOT_MASTER', details: { location: M1.url } });
  });

  it('is told what helps where there is none, because no node takes its place by itself', () => {
    const message = expect.stringMatching(
      /no living master.*start the node .* again.*POST \/cluster\/promote/,
    ) as string;
    expect(notMaster(null)).toMatchObject({ code: 'NO_MASTER', message });
    const damaged = noTermHere({ nodeId: 'm1', master: M1, notReady: 'its log is damaged' });
    expect(damaged).toMatchObject({
      code: 'NO_MASTER',
      message: expect.stringMatching(/promote\..*its log is damaged/) as string,
    });
  });
});

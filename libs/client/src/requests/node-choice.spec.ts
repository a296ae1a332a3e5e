import { describe, expect, it } from 'vitest';
import { NodeChoice } from './node-choice.js';

const [A, B, C, ELSEWHERE] = ['http://a:1', 'http://b:1', 'http://c:1', 'http://10.0.0.9:8000'] as const;

function choice(random = 0): NodeChoice {
  return new NodeChoice([A, B, C], () => random);
}

function failing(url: string, nodes: NodeChoice, nowMs: number, retryAfterMs = 0): void {
  nodes.failed(url, { beganMs: nowMs, nowMs, retryAfterMs });
}

describe('the choice of a node', () => {
  it('gives reads to all in turn, and begins anywhere', () => {
    const nodes = choice(0.5);
    expect([0, 0, 0, 0].map(() => nodes.pick('any', 0).url)).toEqual([B, C, A, B]);
  });

  it('gives what the master does to the master, once it is known', () => {
    const nodes = choice();
    expect(nodes.pick('master', 0).url).toBe(A);
    nodes.follow(C);
    expect(nodes.pick('master', 0)).toEqual({ url: C, inMs: 0 });
    nodes.follow(`${ELSEWHERE}/`);
    expect(nodes.pick('master', 0).url).toBe(ELSEWHERE);
  });

  it('leaves a node alone after a failure, and asks the next one at once', () => {
    const nodes = choice();
    failing(A, nodes, 0, 1_000);
    expect(nodes.pick('master', 999)).toEqual({ url: B, inMs: 0 });
    expect(nodes.pick('master', 1_000).url).toBe(A);
  });

  it('waits for the first node to be back where all failed', () => {
    const nodes = choice();
    failing(A, nodes, 0, 3_000);
    failing(B, nodes, 0, 1_000);
    failing(C, nodes, 0, 2_000);
    expect(nodes.pick('any', 400)).toEqual({ url: B, inMs: 600 });
  });

  it('doubles the pause with every failure, by chance up to it, and forgets it when the node works', () => {
    const nodes = new NodeChoice([A], () => 0.9999);
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((time) => {
      const nowMs = time * 100_000;
      failing(A, nodes, nowMs);
      return Math.ceil(nodes.pick('any', nowMs).inMs);
    });
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
    nodes.worked(A);
    expect(nodes.pick('any', 900_000).inMs).toBe(0);
  });

  it('counts one failure of many requests that were under way together', () => {
    const nodes = new NodeChoice([A], () => 0.999);
    for (let request = 0; request < 64; request++) nodes.failed(A, { beganMs: 0, nowMs: 10, retryAfterMs: 0 });
    expect(nodes.pick('any', 10).inMs).toBeLessThanOrEqual(100);
  });

  it('leaves all alone when the cluster is full', () => {
    const nodes = choice();
    nodes.allFailed({ beganMs: 0, nowMs: 0, retryAfterMs: 2_000 });
    expect(nodes.pick('master', 500).inMs).toBe(1_500);
  });

  it('does not come back to a master address that never worked from here', () => {
    const nodes = choice();
    nodes.follow(ELSEWHERE);
    failing(ELSEWHERE, nodes, 0);
    nodes.follow(ELSEWHERE);
    expect(nodes.pick('master', 60_000).url).toBe(A);
  });

  it('comes back to one that worked', () => {
    const nodes = choice();
    nodes.follow(ELSEWHERE);
    nodes.worked(ELSEWHERE);
    failing(ELSEWHERE, nodes, 0);
    nodes.follow(ELSEWHERE);
    expect(nodes.pick('master', 60_000).url).toBe(ELSEWHERE);
  });

  it('sends no key in the open where the nodes are listed with TLS, and follows nothing that is no address', () => {
    const nodes = new NodeChoice(['https://a:1'], () => 0);
    nodes.follow('http://b:1');
    nodes.follow('nonsense');
    expect(nodes.pick('master', 0).url).toBe('https://a:1');
    nodes.follow('https://b:1');
    expect(nodes.pick('master', 0).url).toBe('https://b:1');
  });
});

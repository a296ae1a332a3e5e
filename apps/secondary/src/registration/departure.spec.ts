/** A secondary that is stopped before it heard of a master, or after. */
import { beforeEach, describe, expect, it } from 'vitest';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { depart } from './departure.js';
import type { RegistrationPorts } from './registration-ports.js';

const MASTER = 'http://master:1';
const OTHER = 'http://other:2';
const GRACE_MS = 1_000;

describe('a departure', () => {
  let master: { readonly url: string } | null;
  let asked: string[];
  let answers: Record<string, PeerError[]>;
  let logged: string[];
  let nowMs: number;
  beforeEach(() => {
    master = null;
    asked = [];
    answers = {};
    logged = [];
    nowMs = 0;
  });

  function leave(places: readonly string[]): Promise<void> {
    const note = (level: string) => (first: unknown, second?: string) =>
      void logged.push(`${level}: ${second ?? String(first)}`);
    const ports = {
      node: { nodeId: 's1', incarnation: 'i1', clusterId: 'c1', master },
      transport: {
        leave: (url: string) => {
          asked.push(url);
          const failure = answers[url]?.shift();
          return failure === undefined ? Promise.resolve() : Promise.reject(failure);
        },
      },
      clock: { nowMs: () => nowMs, sleep: (ms: number) => Promise.resolve(void (nowMs += ms)) },
      config: { shutdownGraceMs: GRACE_MS },
      logger: { info: note('info'), warn: note('warn') },
    };
    return depart(ports as unknown as RegistrationPorts, places);
  }
  const silent = (): PeerError => new PeerError('does not answer');

  it('is asked for at the master, if one is known', async () => {
    master = { url: MASTER };
    await leave([OTHER]);
    expect(asked).toEqual([MASTER]);
    expect(logged).toEqual(['info: s1 has left the membership']);
  });

  it('is asked for where the node would register, if it has heard of no master since it started', async () => {
    answers[OTHER] = [silent()];
    await leave([OTHER, MASTER]);
    expect(asked).toEqual([OTHER, MASTER]);
    expect(logged).toEqual(['info: s1 has left the membership']);
  });

  it('goes to the master that another node names, and is repeated where it can be granted later', async () => {
    answers[OTHER] = [new PeerError('is no master', 'NOT_MASTER', `${MASTER}/replication/leave`)];
    answers[MASTER] = [new PeerError('another leaves', 'CHANGE_IN_PROGRESS', `${MASTER}/replication/leave`)];
    await leave([OTHER]);
    expect(asked).toEqual([OTHER, MASTER, MASTER]);
    expect(logged).toEqual(['info: s1 has left the membership']);
  });

  it('is given up where it is refused for good, where the known master is silent, and when the time is over', async () => {
    answers[OTHER] = [new PeerError('no majority without it', 'WOULD_LOSE_MAJORITY')];
    await leave([OTHER, MASTER]);
    answers[OTHER] = Array.from({ length: GRACE_MS }, () => new PeerError('no master', 'NO_MASTER'));
    await leave([OTHER, MASTER]);
    expect(nowMs).toBeLessThan(GRACE_MS);
    master = { url: MASTER };
    answers[MASTER] = [silent()];
    await leave([OTHER, MASTER]);
    expect(new Set(asked)).toEqual(new Set([OTHER, MASTER]));
    expect(asked.filter((url) => url === MASTER)).toHaveLength(1);
    expect(logged).toHaveLength(3);
    for (const line of logged) expect(line).toMatch(/^warn: /);
  });

  it('is given up where no place answers, with what the operator does about it', async () => {
    answers = { [OTHER]: [silent()], [MASTER]: [silent()] };
    await leave([OTHER, MASTER]);
    expect(asked).toEqual([OTHER, MASTER]);
    expect(logged).toEqual([
      expect.stringMatching(/^warn: s1 stops and may still be a member: .*DELETE \/secondaries\/s1/),
    ]);
    await leave([]);
    expect(logged[1]).toContain('no master is known');
  });
});

/** A data directory that comes back older than it was, and one that is started twice. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Receipt } from '@replog/contracts/views.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { promote } from '../support/operator.js';

let cluster: ClusterInProcess;
let first: NodeInProcess;
let second: NodeInProcess;
const backups: string[] = [];
const copies: NodeInProcess[] = [];

beforeAll(async () => {
  cluster = await ClusterInProcess.start(2);
  [first, second] = cluster.secondaries as [NodeInProcess, NodeInProcess];
});

afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.end();
});

afterAll(async () => {
  await cluster.end();
  for (const backup of backups) rmSync(backup, { recursive: true });
});

const directoryOf = (node: NodeInProcess): string => node.opened.context.config.dataDir;

/** Stops `node`, copies its directory and starts it again. Returns where the copy is. */
async function backUp(node: NodeInProcess): Promise<string> {
  const backup = mkdtempSync(join(tmpdir(), 'replog-backup-'));
  backups.push(backup);
  const directory = directoryOf(node);
  await node.stop();
  cpSync(directory, backup, { recursive: true });
  await node.start();
  return backup;
}

/** Puts the copy back while `node` is stopped. */
async function restore(node: NodeInProcess, backup: string): Promise<void> {
  const directory = directoryOf(node);
  await node.stop();
  rmSync(directory, { recursive: true });
  cpSync(backup, directory, { recursive: true });
}

async function write(master: NodeInProcess, message: string): Promise<number> {
  const { status, body } = await master.client.append(message, 2);
  expect(status).toBe(201);
  return body.seq;
}

function said(node: NodeInProcess, pattern: RegExp, from = 0): string[] {
  return node.lines.slice(from).filter((line) => /"level":"(warn|error)"/.test(line) && pattern.test(line));
}

const incarnationOf = ({ opened }: NodeInProcess): string => opened.node.incarnation;

/** A restored node may be a member under `before` until it has heard that it is one. */
async function isRenewed(node: NodeInProcess, before: string): Promise<void> {
  await eventually(`${node.nodeId} has a new incarnation`, () => Promise.resolve(incarnationOf(node) !== before));
}

async function isMember(node: NodeInProcess, master: NodeInProcess): Promise<void> {
  const { nodeId } = node;
  await eventually(`${nodeId} is a member under its incarnation`, () =>
    Promise.resolve(
      master.opened.node.membership.members.some(
        (member) => member.nodeId === nodeId && member.incarnation === incarnationOf(node),
      ),
    ),
  );
  await eventually(`${nodeId} is HEALTHY`, async () =>
    (await master.client.secondaries()).some((member) => member.nodeId === nodeId && member.state === 'HEALTHY'),
  );
}

describe('a secondary restored from an older copy', () => {
  it('does not count for what it had acknowledged, and joins again under a new incarnation', async () => {
    const { master } = cluster;
    const backup = await backUp(first);
    await isMember(first, master);
    const before = incarnationOf(first);
    const seq = await write(master, 'after the backup');
    await restore(first, backup);
    const from = master.lines.length;
    await first.start();
    await eventually('the master says so', () =>
      Promise.resolve(said(master, /secondary-1 (is|came) back/, from).length > 0),
    );
    await isRenewed(first, before);
    await isMember(first, master);
    expect(said(first, /restored from an older copy/)).toHaveLength(1);
    const { body } = await master.client.get<Receipt>(`/messages/${seq}/receipt?wc=2`);
    expect(body.acks.map(({ node }) => node).toSorted()).toEqual(['master', 'secondary-1', 'secondary-2']);
    expect(await cluster.agree()).toHaveLength(1);
  });

  it('is known as such by a master that was restarted meanwhile', async () => {
    const { master } = cluster;
    const backup = await backUp(second);
    await isMember(second, master);
    await write(master, 'after the second backup');
    const before = incarnationOf(second);
    await restore(second, backup);
    await master.stop();
    await master.start();
    await second.start();
    await isRenewed(second, before);
    await isMember(second, master);
    await cluster.agree();
  });
});

describe('a node that stops', () => {
  it('gives up its directory when its last save has ended: that would undo what is put back', async () => {
    const { opened, disk } = first;
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    let hangs = false;
    disk.files.plan = ({ path }) => {
      if (!path.includes('node.json')) return null;
      hangs = true;
      return { kind: 'hang', until };
    };
    opened.node.seen.note({ nodeId: 'elsewhere', incarnation: 'i', starts: 1, bootId: 'b' });
    // The stop takes the plan away: what hangs before goes on hanging.
    await eventually('the save hangs', () => hangs);
    const closingLog = vi.spyOn(opened.node.store, 'close');
    const givingUp = vi.spyOn(opened.directory, 'release');
    const stopping = first.stop();
    await eventually('its log is closed', async () => {
      await closingLog.mock.results[0]?.value;
      return closingLog.mock.results.length > 0;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(givingUp).not.toHaveBeenCalled();
    release();
    await stopping;
    expect(givingUp).toHaveBeenCalledOnce();
    await first.start();
    expect(first.opened.node.seen.of('elsewhere')).toMatchObject({ starts: 1 });
    await isMember(first, cluster.master);
  });
});

describe('a copy of the directory of a living master', () => {
  it('says at its start that it is a copy, does not become master, and changes nothing', async () => {
    const { master } = cluster;
    const backup = await backUp(master);
    await eventually('the master has both', async () => (await master.client.append('still here', 2)).status === 201);
    const { epoch } = master.opened.node;
    const copy = await NodeInProcess.start('master', { SERVER_TYPE: 'master', DATA_DIR: backup, MASTER_PORT: '0' });
    copies.push(copy);
    const sentence = `Another living process is master, at ${master.client.url}`;
    await eventually('the copy says so', () =>
      Promise.resolve(said(copy, /another NODE_ID/).some((line) => line.includes(sentence))),
    );
    expect((await copy.client.get('/healthcheck/ready')).status).toBe(503);
    const { status, body } = await promote(copy);
    expect([status, body.code]).toEqual([409, 'NODE_ID_TAKEN']);
    expect((await copy.client.append('to the copy', 0)).status).not.toBe(201);
    await write(master, 'beside the copy');
    expect(master.opened.node.epoch).toBe(epoch);
  });

  it('gets no vote where the living master answers', async () => {
    const { master } = cluster;
    const { node } = master.opened;
    const request = { clusterId: node.clusterId as string, epoch: node.epoch + 1, candidate: 'master' };
    const answer = await first.peer.vote(request, { url: null, bootId: 'another process' });
    expect(answer).toMatchObject({ granted: false, reason: 'NODE_ID_TAKEN' });
    expect(first.opened.node.epoch).toBe(node.epoch);
  });
});

describe('a master restored from an older copy', () => {
  it('comes back as a secondary under a new incarnation', async () => {
    const { master } = cluster;
    const backup = await backUp(master);
    await eventually('the master writes', async () => (await master.client.append('kept', 2)).status === 201);
    const before = incarnationOf(master);
    await restore(master, backup);
    await master.start();
    await isRenewed(master, before);
    expect(master.opened.node.holdsTerm).toBe(false);
    expect((await promote(master)).body.code).toBe('NOT_A_MEMBER');
    expect((await promote(first)).status).toBe(200);
    await isMember(master, first);
    expect((await cluster.agree()).map(({ message }) => message)).toContain('kept');
  });
});

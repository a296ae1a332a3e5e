/**
 * The second half of `npm start`, after `build.mjs`, in a process that did not carry the compiler: a master and its
 * secondaries on this machine, each a process with a directory of its own. Prints where everything is, and stops all of
 * it on Ctrl-C.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  curlLine,
  failoverLine,
  forceLine,
  planLeaving,
  planLocalCluster,
  removeLine,
  startAgainLine,
} from './lib/local-cluster.mjs';
import { NodeProcess } from './lib/node-process.mjs';
import { runMain, Stop } from './lib/project.mjs';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const NEWS_POLL_MS = 300;
const TAIL_LINES = 8;

let plan;
let nodes = [];
/** Members of an earlier start that are to leave; `null` until the nodes have said who is a member. */
let leaving = null;
/** The cluster runs, and the user was told. From now on a node that ends is reported. */
let isRunning = false;
let isStopping = false;
let askToStop;
const asked = new Promise((resolve) => (askToStop = resolve));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (isStopping) all().forEach((node) => node.signal('SIGKILL'));
    isStopping = true;
    askToStop();
  });
}
process.on('exit', () => all().forEach((node) => node.signal('SIGKILL')));

await runMain(async () => {
  plan = await planLocalCluster();
  if (isStopping) return 0;
  nodes = plan.nodes.map((each) => new NodeProcess(each));
  try {
    for (const node of nodes) node.start(onEnd);
    const master = await Promise.race([whenMasterIsReady(), asked]);
    if (!isStopping) await letLeave(master);
    if (!isStopping) await runUntilAsked(master);
    return isStopping ? 0 : 1;
  } finally {
    await stopAll();
  }
});

/** A node is ready when it can be read from. Writing needs a master as well, whichever node that is. */
async function whenMasterIsReady() {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  let faults = [];
  while (!isStopping && performance.now() < giveUpAt) {
    leaving ??= await startLeaving();
    const ended = all().find(({ end }) => end !== null);
    if (ended !== undefined) throw new Stop(withTail(`${ended.plan.id} ${ended.end} before it was ready.`, ended));
    faults = await Promise.all(all().map((node) => node.whyNotReady()));
    const canMeet = await Promise.all(nodes.map((node) => node.canMeet(plan.writeConcern, plan.apiKey)));
    if (faults.every((fault) => fault === null) && canMeet.includes(true)) return nodes[canMeet.indexOf(true)];
    await sleep(READY_POLL_MS);
  }
  if (isStopping) return null;
  const late = faults.findIndex((fault) => fault !== null);
  if (late < 0) throw new Stop(withTail('The nodes run, but none of them became master.', nodes[0]));
  const node = all()[late];
  const sentence = `${node.plan.id} was not ready after ${READY_TIMEOUT_MS / 1000} s (${faults[late]}).`;
  throw new Stop(withTail(sentence, node));
}

function all() {
  return [...nodes, ...(leaving ?? [])];
}

/** With fewer secondaries than before: the others are started as well, because without them there may be no majority. */
async function startLeaving() {
  const views = await Promise.all(nodes.map((node) => node.clusterView(plan.apiKey)));
  if (views.includes(null)) return null;
  const { leaving: plans, missing, hasMajority, members } = await planLeaving(plan, views);
  if (plans.length > 0) {
    const names = plans.map(({ id }) => id).join(', ');
    console.log(
      `SECONDARIES is ${plan.secondaries} and was more: ${names} ${plans.length > 1 ? 'start' : 'starts'} once more, to leave the cluster.`,
    );
  }
  if (missing.length > 0) {
    const left = `${members - missing.length} of ${members} members are left`;
    const way = hasMajority ? missing.map((id) => removeLine(plan, id)) : [forceLine(plan)];
    const why = hasMajority ? left : `${left}, which is no majority: what only the others had will be lost`;
    console.log(`The cluster still counts ${missing.join(', ')}, and the data is gone: ${why}.`);
    console.log(`From another terminal:\n  ${way.join('\n  ')}`);
  }
  const started = plans.map((each) => new NodeProcess(each));
  for (const node of started) node.start(onEnd);
  return started;
}

/** They leave one after the other, while all of them run. Their data stays: a start with more secondaries finds it. */
async function letLeave(master) {
  if (leaving.length === 0) return;
  await Promise.all(leaving.map((node) => node.stop()));
  const { members = [] } = (await master.clusterView(plan.apiKey)) ?? {};
  for (const {
    plan: { id, dataDir },
  } of leaving) {
    const isMember = members.some(({ nodeId }) => nodeId === id);
    console.log(
      isMember ? `${id} is still a member: ${removeLine(plan, id)}` : `${id} has left; its data stays in ${dataDir}/.`,
    );
  }
  leaving = [];
}

async function runUntilAsked(master) {
  isRunning = true;
  printWhereTheyAre(master);
  // What was written until now is not news.
  for (const node of nodes) node.takeNews();
  const echo = setInterval(() => nodes.forEach(echoNews), NEWS_POLL_MS);
  await asked;
  clearInterval(echo);
}

async function stopAll() {
  isStopping = true;
  const living = all().filter((node) => node.isRunning);
  const isTold = living.length > 0 && isRunning;
  if (isTold) process.stdout.write('\nStopping … ');
  await Promise.all(living.map((node) => node.stop()));
  if (isTold) console.log(`stopped. The data stays in ${plan.base}/.`);
}

function onEnd(node) {
  if (isStopping || !isRunning) return;
  echoNews(node);
  console.log(`\n${withTail(`${node.plan.id} (pid ${node.pid}) ${node.end}. The others go on.`, node)}`);
  console.log(`Start it again from another terminal:\n  ${startAgainLine(node.plan)}\n`);
  if (nodes.every(({ end }) => end !== null)) askToStop();
}

function echoNews(node) {
  for (const line of node.takeNews()) console.log(`${node.plan.id}  ${line}`);
}

function withTail(sentence, node) {
  const tail = node.tail(TAIL_LINES).map((line) => `  | ${line}`);
  return [sentence, ...(tail.length > 0 ? [`The end of ${node.plan.logFile}:`, ...tail] : [])].join('\n');
}

function printWhereTheyAre(master) {
  const rows = nodes.map(({ plan: { id, dataDir, logFile }, url, pid }) => [id, url, dataDir, logFile, String(pid)]);
  const table = [['node', 'url', 'data', 'log', 'pid'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log();
  for (const row of table)
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}`,
    );
  console.log(`
  API docs   ${master.url}/docs
  Write      ${curlLine(plan, master.plan.port)}
  Failover   ${failoverLine(plan, master.pid)}
  Stop       Ctrl-C; the data stays in ${plan.base}/
`);
}

/**
 * `npm start`: a master and its secondaries on this machine, each a process with a directory of its own. Installs and
 * builds what is missing, says where everything is, and stops all of it on Ctrl-C.
 */
import './lib/node-version.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { curlLine, planLocalCluster, startAgainLine } from './lib/local-plan.mjs';
import { NodeProcess } from './lib/node-process.mjs';
import { refusePortInUse } from './lib/ports.mjs';
import { prepare } from './lib/prepare.mjs';
import { readSettings, runMain, Stop } from './lib/project.mjs';

const READY_TIMEOUT_MS = 60_000;
const OFFICE_POLL_MS = 100;
const WARNINGS_POLL_MS = 300;
const TAIL_LINES = 8;

const plan = await planOrExit();
const nodes = plan.nodes.map((each) => new NodeProcess(each));
/** Set once, by the first signal; from then on a node that ends is no news. */
let stopping = false;
let running = false;

let askToStop;
const asked = new Promise((resolve) => {
  askToStop = resolve;
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
process.on('exit', () => nodes.forEach((node) => node.signal('SIGKILL')));

await runMain(async () => {
  for (const { port } of plan.nodes) await refusePortInUse(port);
  await prepare();
  if (stopping) return 0;
  try {
    const master = await Promise.race([startAll(), asked]);
    if (!stopping) await runUntilAsked(master);
    return nodes.every(({ end }) => end !== null) && !stopping ? 1 : 0;
  } finally {
    await stopAll();
  }
});

async function planOrExit() {
  let made = null;
  await runMain(() => {
    made = planLocalCluster(readSettings());
  });
  return made ?? process.exit();
}

/** All at once: a master that was here before waits for its secondaries' promises before it is ready. */
async function startAll() {
  for (const node of nodes) node.start(onEnd);
  await Promise.all(
    nodes.map(async (node) => {
      const fault = await node.whenReady(READY_TIMEOUT_MS);
      if (fault !== null && !stopping) throw new Stop(withTail(fault, node));
    }),
  );
  return masterInOffice();
}

/** Ready is who can be read from. Writing needs a master in office, whichever node that is. */
async function masterInOffice() {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  while (!stopping && performance.now() < giveUpAt) {
    const canMeet = await Promise.all(nodes.map((node) => node.canMeet(plan.writeConcern, plan.apiKey)));
    if (canMeet.includes(true)) return nodes[canMeet.indexOf(true)];
    await sleep(OFFICE_POLL_MS);
  }
  if (!stopping) throw new Stop(withTail('The nodes run, but none of them took office as master.', nodes[0]));
  return null;
}

async function runUntilAsked(master) {
  running = true;
  printWhereTheyAre(master);
  for (const node of nodes) node.log.skipToEnd();
  const echo = setInterval(() => nodes.forEach(echoWarnings), WARNINGS_POLL_MS);
  await asked;
  clearInterval(echo);
}

async function stopAll() {
  stopping = true;
  const living = nodes.filter((node) => node.end === null && node.isStarted);
  if (living.length > 0 && running) process.stdout.write('\nStopping … ');
  await Promise.all(living.map((node) => node.stop()));
  if (living.length > 0 && running) console.log(`stopped. The data stays in ${plan.base}/.`);
}

function onSignal() {
  if (stopping) return nodes.forEach((node) => node.signal('SIGKILL'));
  stopping = true;
  askToStop();
}

function onEnd(node) {
  if (stopping || !running) return;
  echoWarnings(node);
  console.log(`\n${withTail(`${node.plan.id} (pid ${node.pid}) ${node.end}. The others go on.`, node)}`);
  console.log(`Start it again from another terminal:\n  ${startAgainLine(node.plan, plan)}\n`);
  if (nodes.every(({ end }) => end !== null)) askToStop();
}

function echoWarnings(node) {
  if (node.isStarted) node.log.takeWarnings().forEach((line) => console.log(`${node.plan.id}  ${line}`));
}

function withTail(sentence, node) {
  const tail = node.log.tail(TAIL_LINES).map((line) => `  | ${line}`);
  return [sentence, ...(tail.length > 0 ? [`The end of ${node.plan.logFile}:`, ...tail] : [])].join('\n');
}

function printWhereTheyAre(master) {
  const rows = nodes.map((node) => [node.plan.id, node.url, node.plan.dataDir, node.plan.logFile, String(node.pid)]);
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
  Stop       Ctrl-C; the data stays in ${plan.base}/
`);
}

/**
 * One node in a process of its own: started, asked whether it is ready, stopped in order. It writes its log to a file
 * itself, so neither waits for the other; what is worth saying is read back from there.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { NODE_FLAGS } from './node-flags.mjs';
import { inProject } from './project.mjs';

const ASK_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 15_000;
const MAX_READ_BYTES = 64 * 1024;
const MAX_ECHOED_LINES = 10;
const WORTH_SAYING = ['warn', 'error', 'fatal'];

export class NodeProcess {
  #child = null;
  #ended = Promise.resolve();
  #readUpTo = 0;

  /** `plan`: id, role, port, logFile (relative to the project) and the node's environment. */
  constructor(plan) {
    this.plan = plan;
    this.url = `http://localhost:${plan.port}`;
    /** Why the process has ended, as the end of a sentence; `null` while it runs. */
    this.end = null;
  }

  get isRunning() {
    return this.#child !== null && this.end === null;
  }

  get pid() {
    return this.#child.pid;
  }

  /** In a process group of its own: Ctrl-C reaches the script that started it, which then stops the nodes in order. */
  start(onEnd) {
    const file = inProject(this.plan.logFile);
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) renameSync(file, `${file}.previous`);
    const log = openSync(file, 'a');
    this.#child = spawn(process.execPath, [...NODE_FLAGS, inProject('dist/bundle/node.js')], {
      cwd: inProject(),
      env: { ...process.env, ...this.plan.environment },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.end = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        onEnd(this);
        resolve();
      });
    });
  }

  /** `null` where it is ready to be read from, or what it answered instead. */
  async whyNotReady() {
    try {
      const response = await this.ask('/healthcheck/ready');
      return response.ok ? null : `it answers ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      return `no answer: ${error.cause?.code ?? error.message}`;
    }
  }

  /** Is this node the master, and can it acknowledge a write with this concern now? */
  async canMeet(writeConcern, apiKey) {
    try {
      // A node that is not master would refuse the question, and log that as a warning.
      if (!(await this.ask('/healthcheck/master')).ok) return false;
      const response = await this.ask(`/write-concern/${writeConcern}`, { 'x-token': apiKey });
      return response.ok && (await response.json()).canBeMet;
    } catch {
      return false;
    }
  }

  /** How it sees the cluster; `null` while it does not answer. */
  async clusterView(apiKey) {
    try {
      const response = await this.ask('/cluster', { 'x-token': apiKey });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  ask(path, headers = {}) {
    return fetch(`${this.url}${path}`, { headers, redirect: 'manual', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
  }

  async stop() {
    this.signal('SIGTERM');
    const tooLate = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(tooLate);
  }

  signal(name) {
    if (this.isRunning) this.#child.kill(name);
  }

  /** Warnings and errors of its log since the last call, and that it became master, as sentences. */
  takeNews() {
    const { text, start } = this.#readLog(this.#readUpTo);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.#readUpTo = start + Buffer.byteLength(whole);
    const news = linesOf(whole)
      .filter((line) => isWarning(line) || isBeginOfTerm(line))
      .map(sentenceOf);
    const more = news.length - MAX_ECHOED_LINES;
    return more > 0 ? [...news.slice(0, MAX_ECHOED_LINES), `… and ${more} more in ${this.plan.logFile}`] : news;
  }

  /** The last lines of its log, whatever they say. */
  tail(count) {
    return linesOf(this.#readLog(0).text).slice(-count).map(sentenceOf);
  }

  /** What was written from a place on; of much, the end. */
  #readLog(from) {
    const file = openSync(inProject(this.plan.logFile), 'r');
    try {
      const start = Math.max(from, fstatSync(file).size - MAX_READ_BYTES);
      const bytes = Buffer.alloc(MAX_READ_BYTES);
      return { start, text: bytes.toString('utf8', 0, readSync(file, bytes, 0, MAX_READ_BYTES, start)) };
    } finally {
      closeSync(file);
    }
  }
}

const linesOf = (text) => text.split('\n').filter(Boolean).map(entryOf);

/** A line of pino's as an object; what is none (the last words of Node itself) is its own message. */
function entryOf(line) {
  try {
    return { msg: line, ...JSON.parse(line) };
  } catch {
    return { msg: line };
  }
}

const isWarning = ({ level }) => WORTH_SAYING.includes(level);

/** Here nobody else says who is master now. */
const isBeginOfTerm = ({ level, msg }) => level === 'info' && /^master in epoch \d+ /.test(msg);

function sentenceOf({ level, msg, err }) {
  const cause = err === undefined || err.message === msg ? '' : `: ${err.message}`;
  return `${isWarning({ level }) ? `${level}: ` : ''}${msg}${cause}`;
}

/** One node in a process of its own: started, waited for until it is ready, stopped in order. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeLog } from './node-log.mjs';
import { inProject, ROOT } from './project.mjs';

const READY_POLL_MS = 100;
const ASK_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 15_000;

export class NodeProcess {
  #child = null;
  #ended = Promise.resolve();

  /** `plan`: id, role, port, dataDir, logFile (both relative to the project) and the node's environment. */
  constructor(plan) {
    this.plan = plan;
    this.log = new NodeLog(inProject(plan.logFile));
    /** Why the process is gone, as the end of a sentence; `null` while it runs. */
    this.end = null;
  }

  get isStarted() {
    return this.#child !== null;
  }

  get pid() {
    return this.#child.pid;
  }

  get url() {
    return `http://localhost:${this.plan.port}`;
  }

  /** In a process group of its own: Ctrl-C reaches the one who started it, who then stops the nodes in order. */
  start(onEnd) {
    mkdirSync(dirname(inProject(this.plan.logFile)), { recursive: true });
    const log = this.log.open();
    this.#child = spawn(process.execPath, [inProject('dist/bundle/node.js')], {
      cwd: ROOT,
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

  /** Resolves with `null` once the node is ready, or with the sentence that says why it is not. */
  async whenReady(timeoutMs) {
    const giveUpAt = performance.now() + timeoutMs;
    let answer = 'no answer yet';
    while (this.end === null && performance.now() < giveUpAt) {
      answer = await this.#askReady();
      if (answer === null) return null;
      await sleep(READY_POLL_MS);
    }
    if (this.end !== null) return `${this.plan.id} ${this.end} before it was ready.`;
    return `${this.plan.id} was not ready after ${timeoutMs / 1000} s (${answer}).`;
  }

  /** Is this node the master, and can it acknowledge a write with this concern now? */
  async canMeet(writeConcern, apiKey) {
    try {
      const response = await fetch(`${this.url}/write-concern/${writeConcern}`, {
        headers: { 'x-token': apiKey },
        redirect: 'manual',
        signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      });
      return response.ok && (await response.json()).canBeMet;
    } catch {
      return false;
    }
  }

  async stop() {
    this.signal('SIGTERM');
    const tooLate = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(tooLate);
  }

  signal(name) {
    if (this.isStarted && this.end === null) this.#child.kill(name);
  }

  async #askReady() {
    try {
      const response = await fetch(`${this.url}/healthcheck/ready`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
      if (response.ok) return null;
      return `it answers ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      return `no answer: ${error.cause?.code ?? error.message}`;
    }
  }
}

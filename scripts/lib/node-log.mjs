/**
 * A node's log file, as the one who started the node reads it: its warnings and errors as they come, and its end
 * when the node has died. The node writes to the file itself, so neither waits for the other.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';

const MAX_READ_BYTES = 64 * 1024;
const MAX_ECHOED_LINES = 10;
const LEVELS = { warn: 40, error: 50, fatal: 60 };

export class NodeLog {
  #path;
  #readUpTo = 0;

  constructor(path) {
    this.#path = path;
  }

  /** A descriptor for the node to write to. The log of the run before is kept beside it. */
  open() {
    if (existsSync(this.#path)) renameSync(this.#path, `${this.#path}.previous`);
    return openSync(this.#path, 'a');
  }

  /** What was written so far is not news. */
  skipToEnd() {
    this.#withFile((file) => {
      this.#readUpTo = fstatSync(file).size;
    });
  }

  /** Warnings and errors since the last call, as sentences. */
  takeWarnings() {
    const warnings = this.#takeLines().filter(isWarning).map(toSentence);
    const more = warnings.length - MAX_ECHOED_LINES;
    return more > 0 ? [...warnings.slice(0, MAX_ECHOED_LINES), `… and ${more} more in ${this.#path}`] : warnings;
  }

  /** The last lines, whatever they say. */
  tail(count) {
    return this.#withFile((file) => {
      const from = Math.max(0, fstatSync(file).size - MAX_READ_BYTES);
      return readText(file, from).trimEnd().split('\n').filter(Boolean).slice(-count).map(toSentence);
    });
  }

  /** Whole lines only: the rest of a line comes with the next call. */
  #takeLines() {
    return this.#withFile((file) => {
      this.#readUpTo = Math.max(this.#readUpTo, fstatSync(file).size - MAX_READ_BYTES);
      const text = readText(file, this.#readUpTo);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      this.#readUpTo += Buffer.byteLength(whole);
      return whole.split('\n').filter(Boolean);
    });
  }

  #withFile(use) {
    const file = openSync(this.#path, 'r');
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  }
}

function readText(file, from) {
  const bytes = Buffer.alloc(MAX_READ_BYTES);
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, MAX_READ_BYTES, from));
}

function parse(line) {
  try {
    const entry = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? entry : null;
  } catch {
    return null;
  }
}

function isWarning(line) {
  const entry = parse(line);
  return entry !== null && levelOf(entry) >= LEVELS.warn;
}

/** Pino writes numbers by default, names where it is told to. */
function levelOf({ level }) {
  return typeof level === 'number' ? level : (LEVELS[level] ?? 0);
}

/** What is no JSON (Node's own last words) is given as it stands. */
function toSentence(line) {
  const entry = parse(line);
  if (entry === null) return line;
  const level = Object.keys(LEVELS).findLast((name) => levelOf(entry) >= LEVELS[name]);
  const cause = entry.err?.message;
  const sentence = cause === undefined || cause === entry.msg ? entry.msg : `${entry.msg}: ${cause}`;
  return level === undefined ? sentence : `${level}: ${sentence}`;
}

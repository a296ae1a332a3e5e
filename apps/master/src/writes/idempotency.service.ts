/**
 * Which messages were there before, by idempotency key. While a key is being looked up and appended, another request
 * with the same key waits for that, so that two at once append one message and not two.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { sameMessage } from './parsing/same-message.js';

export class IdempotencyService {
  /** Keys that a request is working with right now, each with the end of that. */
  private readonly held = new Map<string, Promise<void>>();

  constructor(private readonly store: LogStore) {}

  /** Runs `step` while no other request works with any of `keys`. */
  async holding<Result>(keys: readonly string[], step: () => Promise<Result>): Promise<Result> {
    if (keys.length === 0) return step();
    // Nothing may come between the last look and the taking: whoever else waits would look in just that moment.
    for (let busy = this.busy(keys); busy !== undefined; busy = this.busy(keys)) await busy;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    for (const key of keys) this.held.set(key, held);
    try {
      return await step();
    } finally {
      for (const key of keys) this.held.delete(key);
      release();
    }
  }

  /** The record stored under `key`; throws KEY_REUSED where it holds another message than `payload`. */
  async find(key: string, payload: Buffer): Promise<LogRecord | null> {
    const record = await this.store.findKey(key);
    if (record === null || sameMessage(record.payload, payload)) return record;
    throw new ReplogError(
      'KEY_REUSED',
      `The idempotency key ${JSON.stringify(key)} was used for message ${record.seq}, which is another one. Use a new key.`,
      { extra: { key, seq: record.seq } },
    );
  }

  private busy(keys: readonly string[]): Promise<void> | undefined {
    for (const key of keys) {
      const held = this.held.get(key);
      if (held !== undefined) return held;
    }
    return undefined;
  }
}

/**
 * Finds duplicates by idempotency key. While one request looks up and appends a key, other requests with that key wait,
 * so two concurrent requests append one message.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { sameMessage } from './parsing/same-message.js';
import { subjectOf } from './receipt.service.js';
import type { ReceiptSubject } from './receipt.service.js';

export class IdempotencyService {
  /** Keys in use by a request; each promise resolves when the request is done with it. */
  private readonly held = new Map<string, Promise<void>>();

  constructor(private readonly store: LogStore) {}

  /** Runs `step` while no other request uses any of `keys`. */
  async holding<Result>(keys: readonly string[], step: () => Promise<Result>): Promise<Result> {
    if (keys.length === 0) return step();
    // No `await` between the last check and the claim: another waiting request would check in between.
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

  /** The message stored under `key`, without its payload: a batch holds one for each line. Throws KEY_REUSED if its message is not `payload`. */
  async find(key: string, payload: Buffer): Promise<ReceiptSubject | null> {
    const record = await this.store.findKey(key);
    if (record === null) return null;
    if (sameMessage(record.payload, payload)) return subjectOf(record);
    throw new ReplogError(
      'KEY_REUSED',
      `The idempotency key ${JSON.stringify(key)} was used for message ${record.seq}, a different message. Use a new key.`,
      { extra: { key, seq: record.seq, epoch: record.epoch } },
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

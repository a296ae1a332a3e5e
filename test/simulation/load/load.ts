/** All clients of a run: writers, readers, and auditors. */
import { Auditor } from './auditor.js';
import type { Clients } from './clients.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const WRITERS = 5;
const READERS = 3;

/** Runs until the clients are told to end. */
export function beginLoad(clients: Clients): void {
  let acknowledgedSeq = 0;
  for (let number = 1; number <= WRITERS; number++) {
    const writer = new Writer(`w${number}`, clients, ({ lastSeq }) => {
      acknowledgedSeq = Math.max(acknowledgedSeq, lastSeq);
    });
    void writer.run();
  }
  void new Auditor('audit', clients).run();
  for (let number = 1; number <= READERS; number++) void new Reader(`r${number}`, clients, () => acknowledgedSeq).run();
}

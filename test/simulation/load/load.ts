/** All clients of a run at work: who writes, who reads, and who comes back later to ask. */
import { Auditor } from './auditor.js';
import type { Clients } from './clients.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const WRITERS = 5;
const READERS = 3;

/** Until the clients are told that it is over. */
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

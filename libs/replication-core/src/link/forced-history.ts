/**
 * Did a history go on by force? A secondary never gives up a record that it knows to be committed, with one exception:
 * an operator's force went on without it. Then the master's log has a forced start of an epoch after the last record
 * that both logs share. That start is in the log for good, so every later master shows it, too.
 */
import { decodeEpochStart } from '@replog/contracts/payloads.js';
import { RecordKind, eachRecord } from '@replog/contracts/record.js';

/**
 * Looks for that start in `records`, which follow the last shared record; `null` if the next records have to tell.
 * `committedEpoch`: the epoch of the last record that the secondary knows to be committed. Whoever wins a higher epoch
 * with a majority of votes has that record, so such a start ends the search: this history did not go on by force.
 */
export function wentOnByForce(records: Buffer, committedEpoch: number): boolean | null {
  for (const { kind, epoch, payload } of eachRecord(records)) {
    if (kind !== RecordKind.EpochStart) continue;
    if (decodeEpochStart(payload).forcedWithout !== undefined) return true;
    if (epoch > committedEpoch) return false;
  }
  return null;
}

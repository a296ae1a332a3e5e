/** Records as the trace and the checkers show them. */
import { RecordKind } from '@replog/contracts/record.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';

/** The texts of the messages among the records. */
export function textsOf(records: readonly StoredRecord[]): string[] {
  return records.filter(({ kind }) => kind === RecordKind.Message).map(({ text }) => text);
}

/** The members a membership record names, each with the start of its incarnation. */
export function namesIn(payload: Buffer): string {
  const { members } = JSON.parse(payload.toString()) as { members: { nodeId: string; incarnation: string }[] };
  return members.map(({ nodeId, incarnation }) => `${nodeId}(${incarnation.slice(0, 4)})`).join(' ');
}

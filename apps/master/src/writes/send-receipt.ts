/** A receipt as an answer: 201, 200 for a duplicate, 202 with the address at which the wait can be resumed. */
import type { FastifyReply } from 'fastify';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';

export interface ReceiptHead {
  readonly status: number;
  readonly location: string | null;
}

export function receiptHead(receipt: Receipt | BatchReceipt, concern: WriteConcern, created = 201): ReceiptHead {
  if (receipt.outcome === 'pending') {
    const seq = 'lastSeq' in receipt ? receipt.lastSeq : receipt.seq;
    return { status: 202, location: `/messages/${seq}/receipt?wc=${concern}` };
  }
  const isDuplicate = 'appended' in receipt ? receipt.appended === 0 : receipt.duplicate;
  return { status: isDuplicate ? 200 : created, location: null };
}

export function sendReceipt(
  reply: FastifyReply,
  receipt: Receipt | BatchReceipt,
  concern: WriteConcern,
  created?: number,
): void {
  const { status, location } = receiptHead(receipt, concern, created);
  if (location !== null) reply.header('location', location);
  void reply.code(status).send(receipt);
}

/** A receipt as an answer: 201, 200 for a duplicate, 202 with the address at which the wait can be resumed. */
import type { FastifyReply } from 'fastify';
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts';

export function sendReceipt(
  reply: FastifyReply,
  receipt: Receipt | BatchReceipt,
  concern: WriteConcern,
  created = 201,
): void {
  const isDuplicate = 'appended' in receipt ? receipt.appended === 0 : receipt.duplicate;
  if (receipt.outcome === 'pending') {
    const seq = 'lastSeq' in receipt ? receipt.lastSeq : receipt.seq;
    void reply.code(202).header('location', `/messages/${seq}/receipt?wc=${concern}`).send(receipt);
    return;
  }
  void reply.code(isDuplicate ? 200 : created).send(receipt);
}

import { ApiProperty } from '@nestjs/swagger';
import type { AckView, BatchReceipt, Outcome, Receipt } from '@replog/contracts/views.js';

export class AckDto implements AckView {
  @ApiProperty({ type: String, example: 's1' })
  readonly node!: string;

  @ApiProperty({ enum: ['master', 'secondary'] })
  readonly role!: AckView['role'];

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.7,
    description: 'Milliseconds from the arrival of the write to this acknowledgement; null if no longer known',
  })
  readonly ms!: number | null;
}

export class ReceiptConcernDto {
  @ApiProperty({ type: String, example: '2', description: 'As requested' })
  readonly requested!: string;

  @ApiProperty({ type: 'integer', example: 2, description: 'Secondaries that have to acknowledge' })
  readonly secondaries!: number;

  @ApiProperty({ type: 'integer', example: 3, description: 'The same, master included' })
  readonly copies!: number;
}

/** Fields of the receipts of one message and of a batch. */
class ReceiptBaseDto {
  @ApiProperty({ type: 'integer', example: 42, description: 'Number of the message; of a batch, of its first message' })
  readonly seq!: number;

  @ApiProperty({ type: 'integer', example: 44, description: 'Position in the log, all kinds of record counted' })
  readonly index!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the master took it; never before the message in front of it',
  })
  readonly timestamp!: string;

  @ApiProperty({ enum: ['satisfied', 'pending'], description: 'Was the write concern met?' })
  readonly outcome!: Outcome;

  @ApiProperty({ type: ReceiptConcernDto })
  readonly writeConcern!: ReceiptConcernDto;

  @ApiProperty({ type: [AckDto], description: 'The nodes where it is durable, and after how long' })
  readonly acks!: readonly AckDto[];
}

export class ReceiptDto extends ReceiptBaseDto implements Receipt {
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Its idempotency key' })
  readonly key!: string | null;

  @ApiProperty({ type: Boolean, description: 'Was it stored before, under the same idempotency key?' })
  readonly duplicate!: boolean;
}

export class DuplicateLineDto {
  @ApiProperty({ type: 'integer', example: 3, description: 'Line of the batch, from 1' })
  readonly line!: number;

  @ApiProperty({ type: 'integer', example: 17, description: 'The message stored before' })
  readonly seq!: number;

  @ApiProperty({ type: 'integer', example: 2, description: 'Its epoch' })
  readonly epoch!: number;
}

export class BatchReceiptDto extends ReceiptBaseDto implements BatchReceipt {
  @ApiProperty({ type: 'integer', example: 141 })
  readonly lastSeq!: number;

  @ApiProperty({ type: 'integer', example: 143 })
  readonly lastIndex!: number;

  @ApiProperty({ type: 'integer', example: 100, description: 'Messages in the batch' })
  readonly count!: number;

  @ApiProperty({ type: 'integer', example: 100, description: 'Messages appended by this request' })
  readonly appended!: number;

  @ApiProperty({ type: [DuplicateLineDto] })
  readonly duplicates!: readonly DuplicateLineDto[];
}

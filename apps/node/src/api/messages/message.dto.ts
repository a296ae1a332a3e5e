import { ApiProperty } from '@nestjs/swagger';
import type { MessageView } from '@replog/contracts/views.js';

/** Documents the output of `formatMessages`: messages are sent as stored bytes, not through this class. */
export class MessageDto implements MessageView {
  @ApiProperty({ type: 'integer', example: 42, description: 'Number of the message: 1, 2, 3 … without gaps' })
  readonly seq!: number;

  @ApiProperty({ type: 'integer', example: 3, description: 'Epoch of the master that appended it' })
  readonly epoch!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the master took it; never before the message in front of it',
  })
  readonly timestamp!: string;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Its idempotency key' })
  readonly key!: string | null;

  @ApiProperty({
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
    ],
    nullable: true,
    example: 'hello',
    description: 'Any JSON value, as it was sent',
  })
  readonly message!: unknown;
}

export class MessageListDto {
  @ApiProperty({ type: [MessageDto] })
  readonly data!: readonly MessageDto[];
}

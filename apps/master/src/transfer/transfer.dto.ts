import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from '@replog/contracts/limits.js';
import type { TransferAnswer, TransferRequest } from '@replog/contracts/http.js';

export class TransferRequestDto implements TransferRequest {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly candidate!: string;
}

export class TransferAnswerDto implements TransferAnswer {
  @ApiProperty({ type: 'integer', description: 'The epoch that is over' })
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Every record up to this index is durable on the candidate' })
  readonly lastIndex!: number;
}

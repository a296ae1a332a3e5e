import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MAX_NODE_ID_LENGTH } from '@replog/contracts';
import type { HandoverAnswer, HandoverRequest } from '@replog/contracts';

const MAX_ID_LENGTH = 64;

export class HandoverRequestDto implements HandoverRequest {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly candidate!: string;
}

export class HandoverAnswerDto implements HandoverAnswer {
  @ApiProperty({ type: 'integer', description: 'The epoch that is over' })
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Everything up to here is on the disk of the candidate' })
  readonly lastIndex!: number;
}

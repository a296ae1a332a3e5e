import { ApiProperty } from '@nestjs/swagger';
import type { TransferAnswer, TransferRequest } from '@replog/contracts/http.js';
import { FromNode, IsEpoch, IsNodeId, IsNodeUuid, IsWhole } from '@replog/http/requests/node-fields.js';

@FromNode()
export class TransferRequestDto implements TransferRequest {
  @ApiProperty()
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty()
  @IsNodeId()
  readonly candidate!: string;
}

export class TransferAnswerDto implements TransferAnswer {
  @ApiProperty({ type: 'integer', description: 'The epoch that is over' })
  @IsEpoch(1)
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Every record up to this index is durable on the candidate' })
  @IsWhole(0)
  readonly lastIndex!: number;
}

/** Bodies of the service routes. They come from other nodes and are checked like any other body. */
import { ApiProperty } from '@nestjs/swagger';
import type { PingRequest, VoteRequest } from '@replog/contracts/http.js';
import { FromNode, IsEpoch, IsNested, IsNodeId, IsNodeUrl, IsNodeUuid } from '@replog/http/requests/node-fields.js';

export class MasterAddressDto {
  @ApiProperty()
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty()
  @IsNodeUrl()
  readonly url!: string;
}

@FromNode()
export class PingDto implements PingRequest {
  @ApiProperty()
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer' })
  @IsEpoch(1)
  readonly epoch!: number;

  @ApiProperty({ type: MasterAddressDto })
  @IsNested(() => MasterAddressDto)
  readonly master!: MasterAddressDto;

  @ApiProperty()
  @IsNodeUuid()
  readonly incarnation!: string;
}

@FromNode()
export class VoteDto implements VoteRequest {
  @ApiProperty()
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer' })
  @IsEpoch(1)
  readonly epoch!: number;

  @ApiProperty()
  @IsNodeId()
  readonly candidate!: string;
}

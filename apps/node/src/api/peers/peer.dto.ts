/** Bodies of the service routes. They come from other nodes and are checked like any other body. */
import { ApiProperty } from '@nestjs/swagger';
import type { ClaimRequest, ElectionCause, PingRequest, TakeOverRequest, VoteRequest } from '@replog/contracts/http.js';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import {
  FromNode,
  IsEpoch,
  IsNested,
  IsNodeId,
  IsNodeUrl,
  IsNodeUuid,
  IsWhole,
  MAX_PORT,
} from '@replog/http/requests/node-fields.js';

const ELECTION_CAUSES: readonly ElectionCause[] = ['start', 'failover', 'operator'];

export class NodeAddressDto {
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

  @ApiProperty({ type: NodeAddressDto })
  @IsNested(() => NodeAddressDto)
  readonly master!: NodeAddressDto;

  @ApiProperty()
  @IsNodeUuid()
  readonly incarnation!: string;
}

class CandidateEndDto {
  @ApiProperty({ type: 'integer' })
  @IsWhole(0)
  readonly index!: number;

  @ApiProperty({ type: 'integer' })
  @IsEpoch(0)
  readonly epoch!: number;
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

  @ApiProperty({ enum: ELECTION_CAUSES, required: false, description: 'What began the election' })
  @IsOptional()
  @IsIn(ELECTION_CAUSES)
  readonly by?: ElectionCause;

  @ApiProperty({ required: false, type: CandidateEndDto, description: 'The last record of the candidate' })
  @ValidateIf((body: VoteDto) => body.last !== undefined)
  @IsNested(() => CandidateEndDto)
  readonly last?: CandidateEndDto;

  @ApiProperty({ required: false, description: 'Where the candidate is reached; else the address it came from' })
  @ValidateIf((body: VoteDto) => body.url !== undefined)
  @IsNodeUrl()
  readonly url?: string;

  @ApiProperty({ required: false, type: 'integer' })
  @ValidateIf((body: VoteDto) => body.port !== undefined)
  @IsWhole(1, MAX_PORT)
  readonly port?: number;
}

@FromNode()
export class TakeOverDto implements TakeOverRequest {
  @ApiProperty()
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty({ description: 'The caller, which stops' })
  @IsNodeId()
  readonly master!: string;
}

@FromNode()
export class ClaimDto implements ClaimRequest {
  @ApiProperty({ description: 'The cluster of the caller' })
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty({ description: 'The caller' })
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty({ required: false, description: 'Where the caller is reached; else the address it came from' })
  @ValidateIf((body: ClaimDto) => body.url !== undefined)
  @IsNodeUrl()
  readonly url?: string;

  @ApiProperty({ type: 'integer' })
  @IsWhole(1, MAX_PORT)
  readonly port!: number;

  @ApiProperty({ type: NodeAddressDto, description: 'The claimed node, as the cluster of the caller lists it' })
  @IsNested(() => NodeAddressDto)
  readonly listed!: NodeAddressDto;
}

/** Bodies of the service routes. They come from other nodes and are checked like any other body. */
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsString, Length, Max, Min, ValidateIf, ValidateNested } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_EPOCH, MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from '@replog/contracts/limits.js';
import type { ClaimRequest, PingRequest, VoteRequest } from '@replog/contracts/http.js';
import { IsNodeUrl, MAX_PORT } from '@replog/http/requests/node-fields.js';

export class NodeAddressDto {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly nodeId!: string;

  @ApiProperty()
  @IsNodeUrl()
  readonly url!: string;
}

export class PingDto implements PingRequest {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(MAX_EPOCH)
  readonly epoch!: number;

  @ApiProperty({ type: NodeAddressDto })
  @IsObject()
  @ValidateNested()
  @Type(() => NodeAddressDto)
  readonly master!: NodeAddressDto;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly incarnation!: string;
}

export class VoteDto implements VoteRequest {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(MAX_EPOCH)
  readonly epoch!: number;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly candidate!: string;
}

export class ClaimDto implements ClaimRequest {
  @ApiProperty({ description: 'The cluster of the caller' })
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty({ description: 'The caller' })
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly nodeId!: string;

  @ApiProperty({ required: false, description: 'Where the caller is reached; else the address it came from' })
  @ValidateIf((body: ClaimDto) => body.url !== undefined)
  @IsNodeUrl()
  readonly url?: string;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(MAX_PORT)
  readonly port!: number;

  @ApiProperty({ type: NodeAddressDto, description: 'The claimed node, as the cluster of the caller lists it' })
  @IsObject()
  @ValidateNested()
  @Type(() => NodeAddressDto)
  readonly listed!: NodeAddressDto;
}

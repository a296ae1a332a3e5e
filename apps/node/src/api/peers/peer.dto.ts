/** Bodies of the service routes. They come from other nodes and are checked like any other body. */
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_EPOCH, MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from '@replog/contracts/limits.js';
import type { PingRequest, VoteRequest } from '@replog/contracts/http.js';
import { IsNodeUrl } from '@replog/http/requests/node-fields.js';

export class MasterAddressDto {
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

  @ApiProperty({ type: MasterAddressDto })
  @IsObject()
  @ValidateNested()
  @Type(() => MasterAddressDto)
  readonly master!: MasterAddressDto;

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

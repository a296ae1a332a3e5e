/** Bodies of the service routes. They come from other nodes and are checked like everybody's. */
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, IsUrl, Length, Max, Min, ValidateNested } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_NODE_ID_LENGTH } from '@replog/contracts';
import type { PingRequest, PromiseRequest, RegisterRequest } from '@replog/contracts';

const MAX_EPOCH = 0xffff_ffff;
const MAX_PORT = 65_535;
const MAX_ID_LENGTH = 64;
const NODE_URL = {
  require_tld: false,
  require_protocol: true,
  protocols: ['http', 'https'],
  require_port: false,
  allow_underscores: true,
};

export class MasterAddressDto {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly nodeId!: string;

  @ApiProperty()
  @IsUrl(NODE_URL)
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

export class PromiseDto implements PromiseRequest {
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

export class RegisterDto implements RegisterRequest {
  @ApiProperty({ type: String, nullable: true, description: 'null for a node that has joined no cluster yet' })
  @IsOptional()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId: string | null = null;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly nodeId!: string;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly incarnation!: string;

  @ApiProperty({ required: false, description: 'How the master reaches the node; else the address it came from' })
  @IsOptional()
  @IsUrl(NODE_URL)
  readonly url?: string;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(MAX_PORT)
  readonly port!: number;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(0)
  @Max(MAX_EPOCH)
  readonly epoch!: number;

  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(0)
  readonly lastIndex!: number;
}

/** Where a registering node is reached: where it says, else where its request came from. */
export function registeredUrl(request: RegisterRequest, remoteAddress: string): string {
  if (request.url !== undefined) return request.url.replace(/\/+$/, '');
  const address = remoteAddress.replace(/^::ffff:/, '');
  return `http://${address.includes(':') ? `[${address}]` : address}:${request.port}`;
}

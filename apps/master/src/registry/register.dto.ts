import { IsInt, IsOptional, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_EPOCH, MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from '@replog/contracts/limits.js';
import type { LeaveRequest, RegisterAnswer, RegisterRequest } from '@replog/contracts/http.js';
import { MasterDto } from './member.dto.js';
import { MAX_PORT, IsNodeUrl } from '@replog/http/requests/node-fields.js';

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
  @ValidateIf((body: RegisterDto) => body.url !== undefined)
  @IsNodeUrl()
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
  @Max(Number.MAX_SAFE_INTEGER)
  readonly lastIndex!: number;
}

export class LeaveDto implements LeaveRequest {
  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly clusterId!: string;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_NODE_ID_LENGTH)
  readonly nodeId!: string;

  @ApiProperty()
  @IsString()
  @Length(1, MAX_ID_LENGTH)
  readonly incarnation!: string;
}

export class RegisterAnswerDto implements RegisterAnswer {
  @ApiProperty({ type: String })
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;

  @ApiProperty({ type: MasterDto })
  readonly master!: MasterDto;

  @ApiProperty({ type: String, description: 'The address under which the secondary is known from now on' })
  readonly url!: string;

  @ApiProperty({ enum: ['JOINING', 'MEMBER'] })
  readonly state!: RegisterAnswer['state'];
}

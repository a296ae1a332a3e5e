import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import type { LeaveRequest, RegisterAnswer, RegisterRequest } from '@replog/contracts/http.js';
import { MasterDto } from './member.dto.js';
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

@FromNode()
export class RegisterDto implements RegisterRequest {
  @ApiProperty({ type: String, nullable: true, description: 'null for a node that has joined no cluster yet' })
  @IsOptional()
  @IsNodeUuid()
  readonly clusterId: string | null = null;

  @ApiProperty()
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty()
  @IsNodeUuid()
  readonly incarnation!: string;

  @ApiProperty({ required: false, description: 'How the master reaches the node; else the address it came from' })
  @ValidateIf((body: RegisterDto) => body.url !== undefined)
  @IsNodeUrl()
  readonly url?: string;

  @ApiProperty({ type: 'integer' })
  @IsWhole(1, MAX_PORT)
  readonly port!: number;

  @ApiProperty({ type: 'integer' })
  @IsEpoch(0)
  readonly epoch!: number;

  @ApiProperty({ type: 'integer' })
  @IsWhole(0)
  readonly lastIndex!: number;
}

@FromNode()
export class LeaveDto implements LeaveRequest {
  @ApiProperty()
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty()
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty()
  @IsNodeUuid()
  readonly incarnation!: string;
}

export class RegisterAnswerDto implements RegisterAnswer {
  @ApiProperty({ type: String })
  @IsNodeUuid()
  readonly clusterId!: string;

  @ApiProperty({ type: 'integer', example: 3 })
  @IsEpoch(1)
  readonly epoch!: number;

  @ApiProperty({ type: MasterDto })
  @IsNested(() => MasterDto)
  readonly master!: MasterDto;

  @ApiProperty({ type: String, description: 'The address under which the secondary is known from now on' })
  @IsNodeUrl()
  readonly url!: string;

  @ApiProperty({ enum: ['JOINING', 'MEMBER'] })
  @IsIn(['JOINING', 'MEMBER'])
  readonly state!: RegisterAnswer['state'];
}

/** The answers between nodes, for their documentation and for the node that reads them. */
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { MAX_ID_LENGTH } from '@replog/contracts/limits.js';
import type { KnownStart, NodeStatus, VoteAnswer, VoteRefusal, Role } from '@replog/contracts/http.js';
import {
  IsEpoch,
  IsNested,
  IsNodeId,
  IsNodeUrl,
  IsNodeUuid,
  IsWhole,
  OrNull,
} from '@replog/http/requests/node-fields.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { StorageState } from '@replog/contracts/views.js';
import { MasterDto, STORAGE_STATES } from '@replog/master/registry/member.dto.js';

const MAX_CHAIN = 0xffff_ffff;
/** More starts than this build remembers. */
const MAX_BOOTS = 256;
const VOTE_REFUSALS: readonly VoteRefusal[] = [
  'VOTED_HIGHER',
  'VOTED_OTHER',
  'MASTER_ALIVE',
  'FOREIGN_CLUSTER',
  'LOG_DAMAGED',
  'STORAGE_STALLED',
  'NOT_A_MEMBER',
  'NODE_ID_TAKEN',
  'MASTER_HEARD',
  'FAILOVER_PAUSED',
];

class KnownMasterDto extends MasterDto {
  @ApiProperty({ type: 'integer', example: 3 })
  @IsEpoch(0)
  readonly epoch!: number;
}

class LastRecordDto {
  @ApiProperty({ type: 'integer', example: 44 })
  @IsWhole(0)
  readonly index!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  @IsEpoch(0)
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Two logs with the same number at an index are equal up to it' })
  @IsWhole(0, MAX_CHAIN)
  readonly chain!: number;
}

class KnownStartDto implements KnownStart {
  @ApiProperty({ type: String })
  @IsNodeUuid()
  readonly incarnation!: string;

  @ApiProperty({ type: 'integer', required: false })
  @IsOptional()
  @IsWhole(0)
  readonly starts?: number;

  @ApiProperty({ type: String, required: false })
  @IsOptional()
  @IsNodeUuid()
  readonly bootId?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'Highest index acknowledged in the term of a master' })
  @IsOptional()
  @IsWhole(0)
  readonly acknowledged?: number;
}

export class NodeStatusDto implements NodeStatus {
  @ApiProperty({ type: String, nullable: true })
  @OrNull()
  @IsNodeUuid()
  readonly clusterId!: string | null;

  @ApiProperty({ type: String, example: 's1' })
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty({ type: String, description: 'Changes when the node loses its log' })
  @IsNodeUuid()
  readonly incarnation!: string;

  @ApiProperty({ type: String, required: false, description: 'Another one after each start' })
  @IsOptional()
  @IsNodeUuid()
  readonly bootId?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'How often its data directory was started' })
  @IsOptional()
  @IsWhole(0)
  readonly starts?: number;

  @ApiProperty({ type: [String], required: false, description: 'The `bootId` of each of its last starts' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_BOOTS)
  @IsString({ each: true })
  @MaxLength(MAX_ID_LENGTH, { each: true })
  readonly boots?: readonly string[];

  @ApiProperty({ enum: ['master', 'secondary'] })
  @IsIn(['master', 'secondary'])
  readonly role!: Role;

  @ApiProperty({ type: Boolean, description: 'Does it hold a term as master?' })
  @IsBoolean()
  readonly holdsTerm!: boolean;

  @ApiProperty({ type: 'integer', description: 'Highest epoch in which the node has voted or that it has heard of' })
  @IsEpoch(0)
  readonly epoch!: number;

  @ApiProperty({ type: String, nullable: true, example: 'http://secondary-1:8000' })
  @OrNull()
  @IsNodeUrl()
  readonly url!: string | null;

  @ApiProperty({ type: KnownMasterDto, nullable: true, description: 'The master, if the node knows one' })
  @OrNull()
  @IsNested(() => KnownMasterDto)
  readonly master!: KnownMasterDto | null;

  @ApiProperty({ type: LastRecordDto })
  @IsNested(() => LastRecordDto)
  readonly last!: LastRecordDto;

  @ApiProperty({ type: 'integer', example: 44 })
  @IsWhole(0)
  readonly committed!: number;

  @ApiProperty({ enum: STORAGE_STATES, enumName: 'StorageState', required: false, example: 'ok' })
  // A later build may know more states.
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ID_LENGTH)
  readonly storage?: StorageState;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    example: 'm1',
    description: 'The master that it has heard on its link within its ELECTION_TIMEOUT',
  })
  @IsOptional()
  @IsNodeId()
  readonly hears?: string | null;

  @ApiProperty({
    type: 'integer',
    required: false,
    example: 50,
    description: 'Its PRIORITY; 0: never master by itself',
  })
  @IsOptional()
  @IsWhole(0)
  readonly priority?: number;

  @ApiProperty({ type: KnownStartDto, required: false, description: 'What is known here of the node that asks' })
  @IsOptional()
  @IsNested(() => KnownStartDto)
  readonly yours?: KnownStartDto;
}

export class VoteAnswerDto implements VoteAnswer {
  @ApiProperty({ type: Boolean })
  @IsBoolean()
  readonly granted!: boolean;

  @ApiProperty({
    enum: VOTE_REFUSALS,
    nullable: true,
    description: 'The reason, if not granted',
  })
  @OrNull()
  @IsIn(VOTE_REFUSALS)
  readonly reason!: VoteAnswer['reason'];

  @ApiProperty({ type: 'integer', description: 'Current epoch of the node: it refuses lower ones' })
  @IsEpoch(0)
  readonly votedEpoch!: number;

  @ApiProperty({ type: NodeStatusDto })
  @IsNested(() => NodeStatusDto)
  readonly status!: NodeStatusDto;
}

class LogPositionDto extends LastRecordDto implements LogPosition {
  @ApiProperty({ type: 'integer', description: 'Seq of the last message up to this record' })
  @IsWhole(0)
  readonly seq!: number;
}

export class PositionAnswerDto {
  @ApiProperty({ type: LogPositionDto, nullable: true, description: 'null if the log has no such record' })
  @OrNull()
  @IsNested(() => LogPositionDto)
  readonly position!: LogPositionDto | null;
}

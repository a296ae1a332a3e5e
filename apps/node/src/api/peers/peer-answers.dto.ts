/** Documents the answers between nodes. */
import { ApiProperty } from '@nestjs/swagger';
import type { KnownStart, NodeStatus, VoteAnswer, Role } from '@replog/contracts/http.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { StorageState } from '@replog/contracts/views.js';
import { MasterDto, STORAGE_STATES } from '@replog/master/registry/member.dto.js';

class KnownMasterDto extends MasterDto {
  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;
}

class LastRecordDto {
  @ApiProperty({ type: 'integer', example: 44 })
  readonly index!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Two logs with the same number at an index are equal up to it' })
  readonly chain!: number;
}

class KnownStartDto implements KnownStart {
  @ApiProperty({ type: String })
  readonly incarnation!: string;

  @ApiProperty({ type: 'integer', required: false })
  readonly starts?: number;

  @ApiProperty({ type: String, required: false })
  readonly bootId?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'Highest index acknowledged in the term of a master' })
  readonly acknowledged?: number;
}

export class NodeStatusDto implements NodeStatus {
  @ApiProperty({ type: String, nullable: true })
  readonly clusterId!: string | null;

  @ApiProperty({ type: String, example: 's1' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, description: 'Changes when the node loses its log' })
  readonly incarnation!: string;

  @ApiProperty({ type: String, required: false, description: 'Another one after each start' })
  readonly bootId?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'How often its data directory was started' })
  readonly starts?: number;

  @ApiProperty({ type: [String], required: false, description: 'The `bootId` of each of its last starts' })
  readonly boots?: readonly string[];

  @ApiProperty({ enum: ['master', 'secondary'] })
  readonly role!: Role;

  @ApiProperty({ type: Boolean, description: 'Does it hold a term as master?' })
  readonly holdsTerm!: boolean;

  @ApiProperty({ type: 'integer', description: 'Highest epoch in which the node has voted or that it has heard of' })
  readonly epoch!: number;

  @ApiProperty({ type: String, nullable: true, example: 'http://secondary-1:8000' })
  readonly url!: string | null;

  @ApiProperty({ type: KnownMasterDto, nullable: true, description: 'The master, if the node knows one' })
  readonly master!: KnownMasterDto | null;

  @ApiProperty({ type: LastRecordDto })
  readonly last!: LastRecordDto;

  @ApiProperty({ type: 'integer', example: 44 })
  readonly committed!: number;

  @ApiProperty({ enum: STORAGE_STATES, enumName: 'StorageState', required: false, example: 'ok' })
  readonly storage?: StorageState;

  @ApiProperty({ type: KnownStartDto, required: false, description: 'What is known here of the node that asks' })
  readonly yours?: KnownStartDto;
}

export class VoteAnswerDto implements VoteAnswer {
  @ApiProperty({ type: Boolean })
  readonly granted!: boolean;

  @ApiProperty({
    enum: [
      ...['VOTED_HIGHER', 'VOTED_OTHER', 'MASTER_ALIVE', 'FOREIGN_CLUSTER', 'LOG_DAMAGED'],
      ...['STORAGE_STALLED', 'NODE_ID_TAKEN'],
    ],
    nullable: true,
    description: 'The reason, if not granted',
  })
  readonly reason!: VoteAnswer['reason'];

  @ApiProperty({ type: 'integer', description: 'Current epoch of the node: it refuses lower ones' })
  readonly votedEpoch!: number;

  @ApiProperty({ type: NodeStatusDto })
  readonly status!: NodeStatusDto;
}

class LogPositionDto extends LastRecordDto implements LogPosition {
  @ApiProperty({ type: 'integer', description: 'Seq of the last message up to this record' })
  readonly seq!: number;
}

export class PositionAnswerDto {
  @ApiProperty({ type: LogPositionDto, nullable: true, description: 'null if the log has no such record' })
  readonly position!: LogPositionDto | null;
}

/** Documents what nodes answer each other. */
import { ApiProperty } from '@nestjs/swagger';
import type { NodeStatus, VoteAnswer, Role } from '@replog/contracts/http.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { MasterDto } from '@replog/master/registry/member.dto.js';

class KnownMasterDto extends MasterDto {
  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;
}

class LastRecordDto {
  @ApiProperty({ type: 'integer', example: 44 })
  readonly index!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;

  @ApiProperty({ type: 'integer', description: 'Two logs are equal up to an index where they agree on this number' })
  readonly chain!: number;
}

export class NodeStatusDto implements NodeStatus {
  @ApiProperty({ type: String, nullable: true })
  readonly clusterId!: string | null;

  @ApiProperty({ type: String, example: 's1' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, description: 'Another one after the node lost its log' })
  readonly incarnation!: string;

  @ApiProperty({ enum: ['master', 'secondary'] })
  readonly role!: Role;

  @ApiProperty({ type: Boolean, description: 'Is it a master in office?' })
  readonly holdsTerm!: boolean;

  @ApiProperty({ type: 'integer', description: 'Highest epoch the node has promised or holds' })
  readonly epoch!: number;

  @ApiProperty({ type: String, nullable: true, example: 'http://secondary-1:8000' })
  readonly url!: string | null;

  @ApiProperty({ type: KnownMasterDto, nullable: true, description: 'The master as far as the node knows' })
  readonly master!: KnownMasterDto | null;

  @ApiProperty({ type: LastRecordDto })
  readonly last!: LastRecordDto;

  @ApiProperty({ type: 'integer', example: 44 })
  readonly committed!: number;
}

export class VoteAnswerDto implements VoteAnswer {
  @ApiProperty({ type: Boolean })
  readonly granted!: boolean;

  @ApiProperty({
    enum: ['VOTED_HIGHER', 'VOTED_OTHER', 'MASTER_ALIVE', 'FOREIGN_CLUSTER', 'LOG_DAMAGED'],
    nullable: true,
    description: 'Why not, when not granted',
  })
  readonly reason!: VoteAnswer['reason'];

  @ApiProperty({ type: 'integer', description: 'The epoch the node now holds to' })
  readonly votedEpoch!: number;

  @ApiProperty({ type: NodeStatusDto })
  readonly status!: NodeStatusDto;
}

class LogPositionDto extends LastRecordDto implements LogPosition {
  @ApiProperty({ type: 'integer', description: 'Seq of the last message up to here' })
  readonly seq!: number;
}

export class PositionAnswerDto {
  @ApiProperty({ type: LogPositionDto, nullable: true, description: 'null where the log has no such record' })
  readonly position!: LogPositionDto | null;
}

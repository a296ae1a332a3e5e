import { ApiProperty } from '@nestjs/swagger';
import type { ClusterView, MemberState, MemberView } from '@replog/contracts';

export const MEMBER_STATES: readonly MemberState[] = [
  'MASTER',
  'JOINING',
  'HEALTHY',
  'SUSPECTED',
  'UNREACHABLE',
  'UNKNOWN',
];

export class LagDto {
  @ApiProperty({ type: 'integer', example: 0 })
  readonly records!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly bytes!: number;

  @ApiProperty({ type: Number, example: 0 })
  readonly ms!: number;
}

export class MemberDto implements MemberView {
  @ApiProperty({ type: String, example: 's1' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, example: 'http://secondary-1:8000' })
  readonly url!: string;

  @ApiProperty({ enum: MEMBER_STATES, enumName: 'MemberState' })
  readonly state!: MemberState;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the state began; null on a secondary',
  })
  readonly since!: string | null;

  @ApiProperty({ type: String, example: 'answers pings', description: 'Why it is in this state' })
  readonly reason!: string;

  @ApiProperty({ type: 'integer', example: 44, description: 'Highest index it has acknowledged; 0 where unknown' })
  readonly lastIndex!: number;

  @ApiProperty({ type: LagDto, nullable: true, description: 'How far it is behind the master; null on a secondary' })
  readonly lag!: LagDto | null;
}

export class MemberListDto {
  @ApiProperty({ type: [MemberDto] })
  readonly data!: readonly MemberDto[];
}

export class MasterDto {
  @ApiProperty({ type: String, example: 'm1' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, example: 'http://master:8000' })
  readonly url!: string;
}

export class ClusterDto implements ClusterView {
  @ApiProperty({ type: String, nullable: true, description: 'null until the node belongs to a cluster' })
  readonly clusterId!: string | null;

  @ApiProperty({ type: String, example: 'm1', description: 'The node that answers' })
  readonly nodeId!: string;

  @ApiProperty({ enum: ['master', 'secondary'] })
  readonly role!: ClusterView['role'];

  @ApiProperty({ type: 'integer', example: 3 })
  readonly epoch!: number;

  @ApiProperty({ type: MasterDto, nullable: true, description: 'The master, where one is known' })
  readonly master!: MasterDto | null;

  @ApiProperty({ type: [MemberDto] })
  readonly members!: readonly MemberDto[];

  @ApiProperty({ type: 'integer', example: 44, description: 'Highest index known here to be committed' })
  readonly committed!: number;

  @ApiProperty({ type: 'integer', example: 44 })
  readonly lastIndex!: number;

  @ApiProperty({ type: 'integer', example: 42 })
  readonly lastSeq!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 0,
    description: 'Messages acknowledged to their writers and not yet committed; null on a secondary',
  })
  readonly exposure!: number | null;
}

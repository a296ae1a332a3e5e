import { ApiProperty } from '@nestjs/swagger';
import type { MasterCause } from '@replog/contracts/payloads.js';
import type { ClusterView, ElectionView, OrphansView } from '@replog/contracts/views.js';
import { FailoverDto } from '@replog/master/registry/pause.dto.js';
import { MasterDto, MemberDto } from '@replog/master/registry/member.dto.js';

const CAUSES: readonly MasterCause[] = ['founded', 'start', 'failover', 'operator', 'transfer', 'force'];

export class NoVoteDto {
  @ApiProperty({ type: String, example: 'master' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, example: 'master does not answer: ECONNREFUSED' })
  readonly reason!: string;
}

export class LostMasterDto {
  @ApiProperty({ type: String, nullable: true, example: 'master', description: 'null: none since it was started' })
  readonly nodeId!: string | null;

  @ApiProperty({ type: 'integer', example: 5900, description: 'How long the new master had heard nothing of it' })
  readonly silentMs!: number;
}

export class ElectionDto implements ElectionView {
  @ApiProperty({ type: 'integer', example: 4 })
  readonly epoch!: number;

  @ApiProperty({ type: String, example: 'secondary-1' })
  readonly master!: string;

  @ApiProperty({
    enum: [...CAUSES],
    nullable: true,
    description: 'Why there was an election. null here and below: a node of an earlier build has not recorded it',
  })
  readonly cause!: ElectionView['cause'];

  @ApiProperty({ type: String, format: 'date-time', description: 'When the epoch began' })
  readonly at!: string;

  @ApiProperty({ type: [String], nullable: true, example: ['secondary-1', 'secondary-2'] })
  readonly votes!: readonly string[] | null;

  @ApiProperty({ type: [NoVoteDto], nullable: true, description: 'Members that did not vote for it, and why' })
  readonly without!: readonly NoVoteDto[] | null;

  @ApiProperty({ type: LostMasterDto, nullable: true, description: 'Of a failover: the master that was lost' })
  readonly lost!: LostMasterDto | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 330,
    description: 'From the first question to the members to the first record of the epoch',
  })
  readonly tookMs!: number | null;
}

export class OrphansDto implements OrphansView {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly sets!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly messages!: number;

  @ApiProperty({ type: String, nullable: true, description: 'What lists them and brings them back; null without any' })
  readonly advice!: string | null;
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

  @ApiProperty({ type: MasterDto, nullable: true, description: 'The master, if known' })
  readonly master!: MasterDto | null;

  @ApiProperty({ type: [MemberDto] })
  readonly members!: readonly MemberDto[];

  @ApiProperty({ type: 'integer', example: 44, description: 'Highest index that this node knows to be committed' })
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

  @ApiProperty({ type: FailoverDto, description: 'What happens when the master is gone' })
  readonly failover!: FailoverDto;

  @ApiProperty({
    type: [ElectionDto],
    description: 'The last ten changes of master in the log of this node, newest first',
  })
  readonly elections!: readonly ElectionDto[];

  @ApiProperty({
    type: OrphansDto,
    nullable: true,
    description: 'What changes of master have set aside on the node that answers; null if that cannot be read',
  })
  readonly orphans!: OrphansDto | null;
}

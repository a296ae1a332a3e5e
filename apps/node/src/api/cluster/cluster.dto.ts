import { ApiProperty } from '@nestjs/swagger';
import type { ClusterView } from '@replog/contracts/views.js';
import { FailoverDto } from '@replog/master/registry/pause.dto.js';
import { MasterDto, MemberDto } from '@replog/master/registry/member.dto.js';

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
}

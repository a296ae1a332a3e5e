import { ApiProperty } from '@nestjs/swagger';
import type { PromotionView } from '@replog/contracts/views.js';

export class NodeAddressDto {
  @ApiProperty({ type: String, example: 'master' })
  readonly nodeId!: string;

  @ApiProperty({ type: String, example: 'http://master:8000' })
  readonly url!: string;
}

export class MostAdvancedDto {
  @ApiProperty({ type: String, example: 'secondary-1' })
  readonly nodeId!: string;

  @ApiProperty({ type: 'integer', example: 44 })
  readonly lastIndex!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly lastEpoch!: number;
}

export class OrphanedDto {
  @ApiProperty({ type: String, example: 'secondary-2' })
  readonly nodeId!: string;

  @ApiProperty({
    type: 'integer',
    example: 40,
    description: 'The last record it shares with the log of the new master',
  })
  readonly afterIndex!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly records!: number;
}

export class PromotionDto implements PromotionView {
  @ApiProperty({ enum: ['promoted', 'forecast', 'already-master'] })
  readonly outcome!: PromotionView['outcome'];

  @ApiProperty({ type: String, example: 'secondary-1', description: 'The new master' })
  readonly nodeId!: string;

  @ApiProperty({ type: 'integer', example: 4 })
  readonly epoch!: number;

  @ApiProperty({ type: NodeAddressDto, nullable: true, description: 'The living master that transfers its term first' })
  readonly transfer!: NodeAddressDto | null;

  @ApiProperty({ type: MostAdvancedDto, description: 'The node whose log the cluster keeps' })
  readonly mostAdvanced!: MostAdvancedDto;

  @ApiProperty({ type: [OrphanedDto], description: 'Records beyond that log on the nodes that answered' })
  readonly orphaned!: readonly OrphanedDto[];

  @ApiProperty({ type: [NodeAddressDto], description: 'Members that did not answer' })
  readonly unreachable!: readonly NodeAddressDto[];

  @ApiProperty({ type: Boolean })
  readonly forced!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'With force: what may be lost' })
  readonly mayBeLost!: string | null;
}

import { ApiProperty } from '@nestjs/swagger';
import { IsNodeId, IsNodeUrl } from '@replog/http/requests/node-fields.js';
import type { MemberState, MemberView, StorageState } from '@replog/contracts/views.js';

export const MEMBER_STATES: readonly MemberState[] = [
  'MASTER',
  'JOINING',
  'HEALTHY',
  'SUSPECTED',
  'UNREACHABLE',
  'UNKNOWN',
];

export const STORAGE_STATES: readonly StorageState[] = ['ok', 'full', 'stalled', 'damaged'];

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

  @ApiProperty({
    enum: STORAGE_STATES,
    enumName: 'StorageState',
    nullable: true,
    example: 'ok',
    description: 'What the node last said of its disk; null where unknown',
  })
  readonly storage!: StorageState | null;

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
  @IsNodeId()
  readonly nodeId!: string;

  @ApiProperty({ type: String, example: 'http://master:8000' })
  @IsNodeUrl()
  readonly url!: string;
}

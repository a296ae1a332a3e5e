import { ApiProperty } from '@nestjs/swagger';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { MemberState, WriteConcernView } from '@replog/contracts/views.js';
import { MEMBER_STATES } from '../registry/member.dto.js';

export class MissingMemberDto {
  @ApiProperty({ type: String, example: 's2' })
  readonly nodeId!: string;

  @ApiProperty({ enum: MEMBER_STATES, enumName: 'MemberState' })
  readonly state!: MemberState;

  @ApiProperty({ type: String, example: 'three pings unanswered' })
  readonly reason!: string;
}

export class ConcernWaitDto {
  @ApiProperty({ type: 'integer', example: 128, description: 'Recent writes of this concern' })
  readonly count!: number;

  @ApiProperty({ type: Number, nullable: true, example: 0.8 })
  readonly p50Ms!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 4.1 })
  readonly p99Ms!: number | null;
}

export class WriteConcernDto implements WriteConcernView {
  @ApiProperty({ type: String, example: 'majority' })
  readonly requested!: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Secondaries that have to acknowledge' })
  readonly secondaries!: number;

  @ApiProperty({ type: 'integer', example: 2, description: 'The same, master included' })
  readonly copies!: number;

  @ApiProperty({
    type: Boolean,
    description: 'Would a write of now be satisfied, with a message as large as MAX_MESSAGE_BYTES allows?',
  })
  readonly canBeMet!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it cannot be met',
    example: 'It needs 2 secondaries, and only 1 of 2 acknowledge now: a write is pending until more do.',
  })
  readonly reason!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The code with which a write would be rejected; null if it would be stored',
    example: null,
  })
  readonly refusedWith!: ErrorCode | null;

  @ApiProperty({
    type: [MissingMemberDto],
    description: 'Secondaries that do not acknowledge now, or do not count yet',
  })
  readonly missing!: readonly MissingMemberDto[];

  @ApiProperty({ type: ConcernWaitDto, description: 'How long recent writes of this concern waited' })
  readonly wait!: ConcernWaitDto;
}

import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_PAUSE_MINUTES } from '@replog/contracts/limits.js';
import type { FailoverView } from '@replog/contracts/views.js';

const LIMITS = `minutes must be a whole number from 1 to ${MAX_PAUSE_MINUTES}, which is a day: for longer, pause again before it is over`;

export class PauseDto {
  @ApiProperty({ type: Boolean, description: 'true begins a pause, or a new one; false ends it' })
  @IsBoolean({ message: 'paused must be true, to pause automatic failover, or false, to end the pause' })
  readonly paused!: boolean;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAUSE_MINUTES,
    description: 'After how many minutes the pause ends by itself; 60 if not given. Only with `paused: true`',
  })
  @IsOptional()
  @IsInt({ message: LIMITS })
  @Min(1, { message: LIMITS })
  @Max(MAX_PAUSE_MINUTES, { message: LIMITS })
  readonly minutes?: number;
}

export class FailoverDto implements FailoverView {
  @ApiProperty({ enum: ['auto', 'manual'], description: 'FAILOVER of the node that answers' })
  readonly mode!: FailoverView['mode'];

  @ApiProperty({ type: Boolean, description: 'An operator has paused it' })
  readonly paused!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the pause ends by itself' })
  readonly pausedUntil!: string | null;

  @ApiProperty({ type: Boolean, description: 'When the master is gone, the members elect another one by themselves' })
  readonly possible!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'With two members no other node can be elected when the master is gone: use three.',
    description: 'Why they do not, and what to do',
  })
  readonly why!: string | null;
}

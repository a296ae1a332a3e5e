import { ApiProperty } from '@nestjs/swagger';

/** Documents the answer of terminus. */
export class HealthDto {
  @ApiProperty({ enum: ['ok', 'error', 'shutting_down'] })
  readonly status!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { node: { status: 'up' } } })
  readonly info!: object;

  @ApiProperty({ type: 'object', additionalProperties: true, example: {} })
  readonly error!: object;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { node: { status: 'up' } } })
  readonly details!: object;
}

import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';

export class PromoteDto {
  @ApiProperty({ required: false, default: false, description: 'Say what would happen, and do nothing' })
  @IsOptional()
  @IsBoolean()
  readonly dryRun: boolean = false;

  @ApiProperty({ required: false, default: false, description: 'Take office without a majority' })
  @IsOptional()
  @IsBoolean()
  readonly force: boolean = false;
}

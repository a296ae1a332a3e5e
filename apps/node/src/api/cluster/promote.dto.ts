import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';

export class PromoteDto {
  @ApiProperty({ required: false, default: false, description: 'Report what would happen and change nothing' })
  @IsOptional()
  @IsBoolean()
  readonly dryRun: boolean = false;

  @ApiProperty({ required: false, default: false, description: 'Become master without a majority' })
  @IsOptional()
  @IsBoolean()
  readonly force: boolean = false;
}

import { ApiProperty } from '@nestjs/swagger';
import type { OrphanSet } from '@replog/log-store/log-store.port.js';
import { MessageDto } from '../messages/message.dto.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';

export class OrphanSetDto implements OrphanSet {
  @ApiProperty({ type: String, example: 'epoch-4-records-40-41' })
  readonly id!: string;

  @ApiProperty({ type: 'integer', example: 4, description: 'The epoch whose history lacks these records' })
  readonly epoch!: number;

  @ApiProperty({ type: String, example: 'secondary-1', description: 'The master of that epoch' })
  readonly master!: string;

  @ApiProperty({ type: 'integer', example: 40 })
  readonly firstIndex!: number;

  @ApiProperty({ type: 'integer', example: 41 })
  readonly lastIndex!: number;

  @ApiProperty({ type: 'integer', example: 37 })
  readonly firstSeq!: number;

  @ApiProperty({ type: 'integer', example: 38 })
  readonly lastSeq!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly messages!: number;

  @ApiProperty({ type: 'integer', example: 428 })
  readonly bytes!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly setAsideAt!: string;
}

export class OrphanSetListDto {
  @ApiProperty({ type: [OrphanSetDto] })
  readonly data!: readonly OrphanSetDto[];
}

export class OrphanMessagesDto {
  @ApiProperty({ type: OrphanSetDto })
  readonly set!: OrphanSetDto;

  @ApiProperty({ type: [MessageDto] })
  readonly data!: readonly MessageDto[];
}

export class ConflictDto {
  @ApiProperty({ type: 'integer', example: 38 })
  readonly seq!: number;

  @ApiProperty({ type: String, example: 'order-7' })
  readonly key!: string;
}

export class ReappendedDto implements Reappended {
  @ApiProperty({ type: String, example: 'epoch-4-records-40-41' })
  readonly id!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly messages!: number;

  @ApiProperty({ type: 'integer', example: 2, description: 'Appended by this request' })
  readonly appended!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Stored before' })
  readonly duplicates!: number;

  @ApiProperty({ type: [ConflictDto], description: 'Not appended: the key now belongs to another message' })
  readonly conflicts!: readonly ConflictDto[];
}

import { ApiProperty } from '@nestjs/swagger';
import type { TailTokenView } from '@replog/contracts/views.js';

export class TailTokenDto implements TailTokenView {
  @ApiProperty({ type: String, description: 'For the parameter `token` of `GET /messages`, at any node' })
  readonly token!: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'No tail is opened with it after this' })
  readonly expiresAt!: string;
}

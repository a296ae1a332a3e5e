import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { ApiProperty } from '@nestjs/swagger';

/** The body of every error: RFC 9457, with a stable code. */
export class ProblemDto {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ description: 'what the code means', example: 'The body is not valid for this route' })
  title!: string;

  @ApiProperty({ example: 400 })
  status!: number;

  @ApiProperty({ enum: Object.keys(ERROR_KINDS), description: 'stable: programs may decide by it' })
  code!: string;

  @ApiProperty({ description: 'what to do', example: 'The body has no field "message".' })
  detail!: string;

  @ApiProperty({ description: 'may the same request succeed later?' })
  retriable!: boolean;

  @ApiProperty({ required: false, description: 'the id of the request, as in the log of the node' })
  instance?: string;

  @ApiProperty({ required: false, description: 'the parameter or field at fault, where there is one' })
  field?: string;
}

/** What `/docs` says of an append, the same with and without a write concern in the path. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { MEDIA } from '@replog/contracts/http.js';
import { MAX_TIMEOUT_MS } from '@replog/contracts/limits.js';
import { BatchReceiptDto, ReceiptDto } from './receipt.dto.js';
import { MASTER_ONLY_EXTENSION } from '@replog/http/security/master-only.decorator.js';
import { Answers } from '@replog/http/openapi/answers.decorator.js';

const APPEND_ERRORS = [
  'INVALID_BODY',
  'INVALID_LINE',
  'INVALID_PARAMETER',
  'INVALID_WRITE_CONCERN',
  'INVALID_IDEMPOTENCY_KEY',
  'MESSAGE_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'NOT_ACCEPTABLE',
  'KEY_REUSED',
  'CORRUPT_RECORD',
  'NO_QUORUM',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'STORAGE_FULL',
  'NOT_MASTER',
  'NO_MASTER',
] as const;

const MESSAGE = {
  type: 'object' as const,
  required: ['message'],
  // Without a key: tried out twice it would be KEY_REUSED.
  example: { message: 'hello' },
  properties: {
    message: { description: 'Any JSON value', example: 'hello' },
    key: { type: 'string' as const, nullable: true, description: 'As Idempotency-Key', minLength: 1, maxLength: 255 },
  },
};

const LINES = {
  type: 'string' as const,
  description: 'One such object a line, appended in order, all or none',
  example: '{"message":"one"}\n{"message":"two","key":"k-2"}\n',
};

const EVENTS = {
  type: 'string' as const,
  description: '`appended`, one `ack` per secondary as it comes, then `satisfied` or `pending` with the receipt',
  example: 'event: appended\ndata: {"seq":42,"index":44,"epoch":3,"duplicate":false}\n\n',
};

export function ApiAppend(summary: string): MethodDecorator {
  return applyDecorators(
    // Not the decorator: its guard would refuse a write that is to be held while the master changes.
    ApiExtension(MASTER_ONLY_EXTENSION, true),
    ApiOperation({
      summary,
      description:
        'One message as `{"message": …}`, or with `application/x-ndjson` one such object a line, appended in order, ' +
        'all or none; one receipt for the range. With `Accept: text/event-stream` the acknowledgements are told as ' +
        'they come, with status 200.',
      // Here and not by ApiBody, which gives every media type the same schema.
      requestBody: {
        required: true,
        content: { [MEDIA.json]: { schema: MESSAGE }, [MEDIA.ndjson]: { schema: LINES } },
      },
    }),
    ApiQuery({
      name: 'timeout',
      required: false,
      description: 'Milliseconds to wait for the write concern, then 202',
      schema: { type: 'integer', minimum: 0, maximum: MAX_TIMEOUT_MS },
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A request repeated with it appends nothing twice; in a batch `key` of the line instead',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiExtraModels(ReceiptDto, BatchReceiptDto),
    ApiResponse({ status: 201, description: 'Satisfied', content: receipts() }),
    ApiResponse({
      status: 200,
      description: 'Satisfied, and there before under the same idempotency key; or the event stream',
      content: { ...receipts(), [MEDIA.eventStream]: { schema: EVENTS } },
    }),
    ApiResponse({
      status: 202,
      description: 'Pending: durable on the master, and going on',
      headers: {
        Location: { description: 'Where the wait can be resumed', schema: { type: 'string' } },
      },
      content: receipts(),
    }),
    Answers(...APPEND_ERRORS),
  );
}

function receipts(): Record<string, { schema: object }> {
  return {
    [MEDIA.json]: {
      schema: { oneOf: [{ $ref: getSchemaPath(ReceiptDto) }, { $ref: getSchemaPath(BatchReceiptDto) }] },
    },
  };
}

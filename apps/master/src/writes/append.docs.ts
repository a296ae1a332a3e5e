/** The OpenAPI text of an append, the same with and without a write concern in the path. */
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
  'UNSUPPORTED_ENCODING',
  'NOT_ACCEPTABLE',
  'KEY_REUSED',
  'CORRUPT_RECORD',
  'NO_QUORUM',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'STORAGE_FULL',
  'STORAGE_STALLED',
  'NO_MASTER',
  'OUTCOME_UNKNOWN',
] as const;

const MESSAGE = {
  type: 'object' as const,
  required: ['message'],
  // Without a key: a second try in /docs would answer KEY_REUSED.
  example: { message: 'hello' },
  properties: {
    message: { description: 'Any JSON value', example: 'hello' },
    key: { type: 'string' as const, nullable: true, description: 'As Idempotency-Key', minLength: 1, maxLength: 255 },
  },
};

const LINES = {
  type: 'string' as const,
  description: 'One such object per line, appended in order, all or none',
  example: '{"message":"one"}\n{"message":"two","key":"k-2"}\n',
};

const EVENTS = {
  type: 'string' as const,
  description:
    '`appended`, one `ack` per secondary as it comes, then `satisfied` or `pending` with the receipt. From a node that ' +
    'loses its connection to the master meanwhile: `unknown` at the end, with a problem that says where to look',
  example: 'event: appended\ndata: {"seq":42,"index":44,"epoch":3,"duplicate":false}\n\n',
};

export function ApiAppend(summary: string): MethodDecorator {
  return applyDecorators(
    // Not the decorator: its guard would refuse writes that are held while the master changes.
    ApiExtension(MASTER_ONLY_EXTENSION, true),
    ApiOperation({
      summary,
      description:
        'One message as `{"message": …}`, or with `application/x-ndjson` one such object per line, appended in order, ' +
        'all or none; one receipt for the range. With `Accept: text/event-stream` each acknowledgement is an ' +
        'event, with status 200.',
      // Not ApiBody: it gives every media type the same schema.
      requestBody: {
        required: true,
        content: { [MEDIA.json]: { schema: MESSAGE }, [MEDIA.ndjson]: { schema: LINES } },
      },
    }),
    ApiQuery({
      name: 'timeout',
      required: false,
      description: 'Milliseconds to wait for the write concern; after that the answer is 202',
      schema: { type: 'integer', minimum: 0, maximum: MAX_TIMEOUT_MS },
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A repeated request with the same key and message appends nothing twice; a batch has `key` in each line instead',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiExtraModels(ReceiptDto, BatchReceiptDto),
    ApiResponse({ status: 201, description: 'Satisfied', content: receipts() }),
    ApiResponse({
      status: 200,
      description: 'Satisfied, a duplicate: stored before under the same idempotency key. Or the event stream',
      content: { ...receipts(), [MEDIA.eventStream]: { schema: EVENTS } },
    }),
    ApiResponse({
      status: 202,
      description: 'Pending: durable on the master and still replicating',
      headers: {
        Location: { description: 'Where to resume the wait', schema: { type: 'string' } },
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

/** Turns anything thrown into an error of the closed table. The message of an unknown error is not sent. */
import { HttpException } from '@nestjs/common';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { corruptRecord } from '@replog/log-store/corrupt-record.js';
import { isLack, lackError } from '@replog/log-store/shared/lack.js';

import { unsupportedMediaType } from '../requests/body-refusals.js';

type ByCode = Readonly<Record<string, (cause: unknown) => ReplogError>>;

const FAULTS_OF_URL: ByCode = {
  FST_ERR_BAD_URL: (cause) =>
    new ReplogError('INVALID_PARAMETER', 'The path is not a valid URL: check its percent signs.', { cause }),
  FST_ERR_MAX_PARAM_LENGTH: (cause) =>
    new ReplogError('INVALID_PARAMETER', 'A part of the path is too long.', { cause }),
};

const FAULTS_OF_BODY: ByCode = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupportedMediaType,
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'INVALID_BODY',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  413: 'MESSAGE_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'NOT_READY',
};

/** What the mapping needs to know about the request. */
export interface FailedRequest {
  readonly method: string;
  readonly path: string;
  /** No route matched. */
  readonly isUnrouted: boolean;
  /** The methods of the same path. */
  readonly allowedMethods: readonly string[];
}

export function toReplogError(exception: unknown, request: FailedRequest): ReplogError {
  if (exception instanceof ReplogError) return exception;
  if (exception instanceof CorruptRecordError) return corruptRecord(exception);
  if (isLack(exception)) return lackError(exception);
  const fastifyCode = codeOf(exception) ?? codeOf(causeOf(exception)) ?? '';
  const ofUrl = FAULTS_OF_URL[fastifyCode];
  if (ofUrl) return ofUrl(exception);
  // Without a route, the body does not matter.
  if (request.isUnrouted) return unrouted(request);
  const ofBody = FAULTS_OF_BODY[fastifyCode];
  if (ofBody) return ofBody(exception);
  if (exception instanceof HttpException) return fromHttpException(exception);
  return new ReplogError('INTERNAL', 'The node had an internal error; its log has more under the id of the request.', {
    cause: exception,
  });
}

function fromHttpException(exception: HttpException): ReplogError {
  const code = BY_STATUS[exception.getStatus()];
  if (code !== undefined) return new ReplogError(code, exception.message, { cause: exception });
  const isCallersFault = exception.getStatus() < 500;
  return isCallersFault
    ? new ReplogError('INVALID_PARAMETER', exception.message, { cause: exception })
    : new ReplogError('INTERNAL', 'The node had an internal error.', { cause: exception });
}

function unrouted({ method, path, allowedMethods }: FailedRequest): ReplogError {
  if (allowedMethods.length === 0) {
    return new ReplogError('ROUTE_NOT_FOUND', `There is no ${path}; /docs lists what there is.`);
  }
  const sentence = `${path} does not take ${method}, but ${allowedMethods.join(', ')}.`;
  return new ReplogError('METHOD_NOT_ALLOWED', sentence, { extra: { allow: allowedMethods } });
}

function codeOf(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}

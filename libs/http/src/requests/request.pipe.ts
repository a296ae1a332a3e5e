/**
 * Bodies arrive as raw bytes (`fastify-adapter.ts`). The declared type of a handler decides what it gets: a DTO class
 * gets parsed and validated JSON; `Buffer`, a stream, or a union of both gets the body unchanged.
 */
import { Readable } from 'node:stream';

import type { ArgumentMetadata, PipeTransform, Type, ValidationError } from '@nestjs/common';
import { Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import { ReplogError } from '@replog/contracts/errors.js';

import { readObject } from './read-object.js';
import { unknownMember } from './unknown-name.js';

const RAW_TYPES: ReadonlySet<unknown> = new Set([undefined, Object, Buffer, Uint8Array, Readable]);

@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly parameters = validationPipe('INVALID_PARAMETER');
  private readonly bodies = validationPipe('INVALID_BODY');

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type !== 'body') return this.parameters.transform(value, metadata);
    if (RAW_TYPES.has(metadata.metatype)) return value;
    const body = readObject(value);
    refuseUnknownMembers(body, metadata.metatype as Type);
    return this.bodies.transform(body, metadata);
  }
}

/**
 * Asked before the validation: names that every object inherits, such as `constructor`, class-transformer drops in silence.
 */
function refuseUnknownMembers(body: object, dto: Type): void {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const known = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownMember(unknown, known);
}

function validationPipe(code: ErrorCode): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => toFieldError(code, errors),
  });
}

/** The first fault in words, with its field, and the others beside it. */
export function toFieldError(code: ErrorCode, errors: readonly ValidationError[]): ReplogError {
  const faults = errors.flatMap((error) => faultsOf(error));
  const [first] = faults;
  const sentence = faults.map(({ detail }) => detail).join('; ');
  return new ReplogError(code, `${sentence}.`, { extra: { field: first?.field, faults } });
}

interface Fault {
  readonly field: string;
  readonly detail: string;
}

function faultsOf(error: ValidationError, path = ''): Fault[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((detail) => ({ field, detail }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

/**
 * Bodies arrive as unread streams (`fastify-adapter.ts`). The declared type of a handler decides what it gets: a DTO class
 * gets parsed and validated JSON, read only now; any other type gets what Fastify has.
 */
import type { ArgumentMetadata, PipeTransform, Type, ValidationError } from '@nestjs/common';
import { Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import { ReplogError } from '@replog/contracts/errors.js';

import { JsonBodies } from './json-bodies.js';
import { FROM_NODE } from './node-fields.js';
import { unknownMember } from './unknown-name.js';

const RAW_TYPES: ReadonlySet<unknown> = new Set([undefined, Object]);

@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly parameters = validationPipe('INVALID_PARAMETER');
  private readonly bodies = validationPipe('INVALID_BODY');
  private readonly bodiesOfNodes = validationPipe('INVALID_BODY', { forbidNonWhitelisted: false });

  constructor(private readonly json: JsonBodies) {}

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type !== 'body') return this.parameters.transform(value, metadata);
    return RAW_TYPES.has(metadata.metatype) ? value : this.readBody(value, metadata);
  }

  private async readBody(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dto = metadata.metatype as Type;
    const body = await this.json.readObject(value);
    if (Reflect.getMetadata(FROM_NODE, dto) === true)
      return this.bodiesOfNodes.transform(knownPartOf(body, dto), metadata);
    refuseUnknownMembers(body, dto);
    return this.bodies.transform(body, metadata);
  }
}

/**
 * Asked before the validation: names that every object inherits, such as `constructor`, class-transformer drops in silence.
 */
function refuseUnknownMembers(body: object, dto: Type): void {
  const known = membersOf(dto);
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownMember(unknown, known);
}

/** What is not known is not looked into, however deep it is. */
function knownPartOf(body: object, dto: Type): object {
  const known = membersOf(dto);
  return Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name)));
}

function membersOf(dto: Type): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function validationPipe(code: ErrorCode, { forbidNonWhitelisted } = { forbidNonWhitelisted: true }): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted,
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

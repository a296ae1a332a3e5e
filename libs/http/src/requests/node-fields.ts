/** Limits for what nodes say about themselves. */
import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { CustomDecorator } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsString, Length, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { MAX_EPOCH, MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from '@replog/contracts/limits.js';

export const MAX_PORT = 65_535;
const MAX_URL_LENGTH = 512;
const PLAIN_ADDRESS = /^https?:\/\/[^/?#@\\\s]+\/?$/;

/** The address of a node: paths are put behind it, and it is shown to clients, so it has no path, query or user. */
export function isNodeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH) return false;
  return PLAIN_ADDRESS.test(value) && URL.canParse(value);
}

export function IsNodeUrl(): PropertyDecorator {
  const allowed = 'an http:// or https:// address without path, query or user, such as http://10.0.0.7:8000';
  return ValidateBy({
    name: 'isNodeUrl',
    validator: { validate: isNodeUrl, defaultMessage: () => `$property must be ${allowed}` },
  });
}

export const FROM_NODE = 'replog:from-node';

/** A body that only nodes send: members that are not known are left out, because a node of the next release may send more. */
export function FromNode(): CustomDecorator {
  return SetMetadata(FROM_NODE, true);
}

export function IsNodeId(): PropertyDecorator {
  return applyDecorators(IsString(), Length(1, MAX_NODE_ID_LENGTH));
}

/** Of a cluster, an incarnation, a start. */
export function IsNodeUuid(): PropertyDecorator {
  return applyDecorators(IsString(), Length(1, MAX_ID_LENGTH));
}

export function IsWhole(min: number, max: number = Number.MAX_SAFE_INTEGER): PropertyDecorator {
  return applyDecorators(IsInt(), Min(min), Max(max));
}

/** 0 where a node has voted in none, or a log has no record. */
export function IsEpoch(min: 0 | 1): PropertyDecorator {
  return IsWhole(min, MAX_EPOCH);
}

/** The rules beside it count only where the value is not `null`. */
export function OrNull(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== null);
}

export function IsNested(dto: () => new () => object): PropertyDecorator {
  return applyDecorators(IsObject(), ValidateNested(), Type(dto));
}

/** Numbers with a unit and their limits. A text that cannot be read is refused. */
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

import { bytes, seconds, whole } from './transforms.js';

const MS_PER_SECOND = 1000;

export const Whole = (min: number, max: number): PropertyDecorator =>
  all(Transform(whole), IsInt(), Min(min), Max(max));

export const Bytes = (min: number, max: number): PropertyDecorator =>
  all(Transform(bytes), IsInt(), Min(min), Max(max));

/** Limits in seconds; the value is in milliseconds. */
export const Seconds = (min: number, max: number): PropertyDecorator =>
  all(Transform(seconds), Min(min * MS_PER_SECOND), Max(max * MS_PER_SECOND));

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

import { ValidateBy } from 'class-validator';

interface Delay {
  readonly minMs: number;
  readonly maxMs: number;
}

export function IsDelay(maxMs: number): PropertyDecorator {
  return ValidateBy({
    name: 'isDelay',
    validator: {
      validate: (value: Delay | null) => value !== null && value.minMs <= value.maxMs && value.maxMs <= maxMs,
    },
  });
}

export function IsConcern(): PropertyDecorator {
  return ValidateBy({ name: 'isConcern', validator: { validate: (value: unknown) => value !== null } });
}

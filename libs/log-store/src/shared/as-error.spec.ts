import { describe, expect, it } from 'vitest';
import { asError } from './as-error.js';

describe('what was thrown', () => {
  it('stays what it is where it is an error, and is told where it is not', () => {
    const error = new RangeError('too far');
    expect(asError(error)).toBe(error);
    expect(asError('EIO')).toEqual(new Error('EIO'));
  });
});

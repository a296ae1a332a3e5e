import { describe, expect, it } from 'vitest';
import { asError } from './as-error.js';

describe('what was thrown', () => {
  it('stays the same if it is an error, and becomes the message of one if not', () => {
    const error = new RangeError('too far');
    expect(asError(error)).toBe(error);
    expect(asError('EIO')).toEqual(new Error('EIO'));
  });
});

import { describe, expect, it } from 'vitest';

import { unknownName } from './unknown-name.js';

const PARAMETERS = ['after', 'limit', 'concern'];

describe('an unknown name', () => {
  it.each([
    ['limti', 'limit'],
    ['Limit', 'limit'],
    ['afer', 'after'],
    ['con_cern', 'concern'],
    ['concren', 'concern'],
  ])('%s was probably meant to be %s', (name, meant) => {
    const sentence = `There is no parameter "${name}" here; known are after, limit, concern. Did you mean ${meant}?`;
    expect(unknownName('parameter', name, PARAMETERS)).toBe(sentence);
  });

  it.each(['x', 'timeout', '', 'l'.repeat(100_000)])('gets no guess if nothing is near it', (name) => {
    expect(unknownName('parameter', name, PARAMETERS)).toMatch(/^.{1,120}known are after, limit, concern\.$/);
  });

  it('may stand where there are none', () => {
    const inQuery = 'There is no parameter "dryRun" here; this route takes none in its query.';
    expect(unknownName('parameter', 'dryRun', [])).toBe(inQuery);
    expect(unknownName('member', 'dryRun', [])).toBe('There is no member "dryRun" here; this route takes none.');
  });
});

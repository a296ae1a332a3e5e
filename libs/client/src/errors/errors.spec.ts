import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from './error-table.js';
import { errorOf, errors } from './errors.js';
import { HistoryChanged } from './own-errors.js';
import { readProblem } from './problem.js';
import { ReplogError } from './replog-error.js';

const problem = { status: 503, code: 'NO_QUORUM', detail: 'Bring members back.', retriable: true, instance: 'id' };

describe('the errors of the client', () => {
  it('are those of the nodes', () => {
    const ofNodes = Object.entries(ERROR_KINDS).map(([code, { status, retriable, title }]) => [
      code,
      { status, retriable, title },
    ]);
    expect(ERROR_TABLE).toEqual(Object.fromEntries(ofNodes));
  });

  it('have a class for each code', () => {
    for (const code of Object.keys(ERROR_TABLE)) {
      const error = errorOf({ ...problem, code });
      expect(error).toBeInstanceOf(ReplogError);
      expect((errors as unknown as Record<string, unknown>)[error.name]).toBe(error.constructor);
      expect(error.name.toUpperCase()).toBe(code.replaceAll('_', ''));
    }
    expect(errors.HistoryChanged).toBe(HistoryChanged);
  });

  it('say what the node said', () => {
    const error = errorOf(readProblem(503, JSON.stringify(problem)));
    expect(error).toBeInstanceOf(errors.NoQuorum);
    const { code, status, retriable, detail: message } = problem;
    expect(error).toMatchObject({ name: 'NoQuorum', code, status, retriable, message, problem });
  });

  it('know codes of newer builds by their code alone', () => {
    const error = errorOf({ ...problem, code: 'BRAND_NEW' });
    expect(error.constructor).toBe(ReplogError);
    expect(error).toMatchObject({ code: 'BRAND_NEW', retriable: true });
  });

  it.each([
    ['<h1>Bad Gateway</h1>', 502, true],
    ['', 404, false],
    ['"text"', 429, true],
    ['{"message":"of a proxy"}', 403, false],
  ])('say that %j is of no node', (text, status, retriable) => {
    expect(errorOf(readProblem(status, text))).toMatchObject({ code: 'FOREIGN_ANSWER', status, retriable });
  });
});

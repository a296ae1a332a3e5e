import { describe, expect, it } from 'vitest';
import { Narrator } from './narrator.js';
import type { Happening } from './narrator.js';

function told(...happenings: Happening[]): string[] {
  const narrator = new Narrator();
  for (const happening of happenings) narrator.tell(happening);
  return narrator.take().map((line) => line.replace(/ {2,}/, ' | '));
}

describe('Narrator', () => {
  it('tells in one line of those who do the same', () => {
    const lines = told(
      { by: 'n3', what: 'synced up to 5' },
      { by: 'n3', to: 'n1', what: 'ack 5' },
      { by: 'n2', what: 'synced up to 5' },
      { by: 'n2', to: 'n1', what: 'ack 5' },
    );
    expect(lines).toEqual(['n2 n3 | synced up to 5', 'n2 n3 → n1 | ack 5']);
  });

  it('tells in one line of those to whom the same is said', () => {
    const lines = told({ by: 'n1', to: 'n2', what: 'append 5' }, { by: 'n1', to: 'n3', what: 'append 5' });
    expect(lines).toEqual(['n1 → n2 n3 | append 5']);
  });

  it('never moves what a node did before what it did earlier', () => {
    const lines = told(
      { by: 'n1', what: 'synced up to 5' },
      { by: 'n2', what: 'became master' },
      { by: 'n2', what: 'synced up to 5' },
    );
    expect(lines).toEqual(['n1 | synced up to 5', 'n2 | became master', 'n2 | synced up to 5']);
  });

  it('never moves what a node did before what it was told', () => {
    const lines = told(
      { by: 'n1', what: 'synced up to 5' },
      { by: 'n1', to: 'n2', what: 'append 5' },
      { by: 'n2', what: 'synced up to 5' },
    );
    expect(lines).toEqual(['n1 | synced up to 5', 'n1 → n2 | append 5', 'n2 | synced up to 5']);
  });

  it('never moves a word to a node before what that node did without it', () => {
    const lines = told(
      { by: 'n2', to: 'n1', what: 'ack 5' },
      { by: 'n1', what: 'committed up to 5' },
      { by: 'n3', to: 'n1', what: 'ack 5' },
    );
    expect(lines).toEqual(['n2 → n1 | ack 5', 'n1 | committed up to 5', 'n3 → n1 | ack 5']);
  });

  it('does not swallow what happens twice', () => {
    const lines = told({ by: 'n1', what: 'is HEALTHY' }, { by: 'n1', what: 'is HEALTHY' });
    expect(lines).toHaveLength(2);
  });
});

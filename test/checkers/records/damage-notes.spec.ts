import { beforeEach, describe, expect, it } from 'vitest';
import { DamageNotes } from './damage-notes.js';

describe('what checkers know of damage', () => {
  let notes: DamageNotes;
  let content: Buffer;

  beforeEach(() => {
    notes = new DamageNotes();
    content = Buffer.from('one two three');
    content.write('twO', 4);
    notes.add(content, { at: 4, original: Buffer.from('two'), damaged: Buffer.from('twO') });
  });

  it('gives the content as it was written, and leaves the medium as it is', () => {
    expect(notes.undone(content).toString()).toBe('one two three');
    expect(content.toString()).toBe('one twO three');
    expect(notes.standsIn(content)).toBe(true);
  });

  it('knows when the damaged bytes were written over, and changes nothing of what stands there now', () => {
    content.write('TWO', 4);
    expect(notes.standsIn(content)).toBe(false);
    expect(notes.undone(content)).toBe(content);
  });

  it('says nothing of a file that was never damaged, whatever it holds', () => {
    const other = Buffer.from(content);
    expect(notes.standsIn(other)).toBe(false);
    expect(notes.undone(other)).toBe(other);
  });
});

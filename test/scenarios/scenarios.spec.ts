/** Plays every story and compares it, line by line, with what it says; `-u` writes down what happened instead. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { playStory } from './stage/story.js';

const STORIES = fileURLToPath(new URL('stories/', import.meta.url));

describe('the stories of the protocol', () => {
  for (const name of readdirSync(STORIES).filter((file) => file.endsWith('.txt'))) {
    it(name.replace('.txt', ''), { timeout: 60_000 }, async () => {
      const path = `${STORIES}${name}`;
      const { text, broken } = await playStory(readFileSync(path, 'utf8'));
      await expect.soft(text).toMatchFileSnapshot(path);
      expect(broken).toEqual([]);
    });
  }
});

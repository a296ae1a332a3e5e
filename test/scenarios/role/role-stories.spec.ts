/** Plays every story of the role machine and compares it, line by line, with what it says; `-u` writes down what happens. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { playRoleStory } from './role-story.js';

const STORIES = fileURLToPath(new URL('stories/', import.meta.url));

describe('the stories of the role machine', () => {
  for (const name of readdirSync(STORIES).filter((file) => file.endsWith('.txt'))) {
    it(name.replace('.txt', ''), async () => {
      const path = `${STORIES}${name}`;
      await expect(playRoleStory(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
    });
  }
});

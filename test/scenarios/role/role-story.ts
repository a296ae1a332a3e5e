/**
 * A text file with what happens to one node, event by event, and under each the state that follows and what is to be done.
 * A paragraph that begins with `node` begins another node.
 */
import { INITIAL_ROLE } from '@replog/core/role/role-state.js';
import type { RoleValue } from '@replog/core/role/role-state.js';
import { step } from '@replog/core/role/step.js';
import { eventOf } from './events.js';
import { sentenceOf, stateOf } from './sentences.js';

const RULE = '----';

/** The whole text as it should stand, by what the machine does. */
export function playRoleStory(text: string): string {
  const lines = text.trimEnd().split('\n');
  if (lines[0]?.startsWith('#') !== true) throw new Error('a story opens with a paragraph, each line after a #');
  const played: string[] = [];
  let value: RoleValue = INITIAL_ROLE;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    played.push(line);
    if (line === '' || line.startsWith('#')) continue;
    if (lines[at + 1] === RULE) while (at + 1 < lines.length && lines[at + 1] !== '') at++;
    if (line === 'node') {
      value = INITIAL_ROLE;
      continue;
    }
    const { next, effects } = step(value, eventOf(line, value));
    played.push(RULE, stateOf(next), ...effects.map((effect) => `  ${sentenceOf(effect)}`));
    value = next;
  }
  return `${played.join('\n')}\n`;
}

/** A text file with commands and, under each, what is to come of it; and the same text with what came of it. */
import { COMMANDS } from '../commands/index.js';
import { Command } from './command.js';
import { Stage } from './stage.js';

const RULE = '----';

export interface Played {
  /** The whole text as it should stand, by what really happened. */
  readonly text: string;
  /** Rules of the protocol that were broken without the story having said so. */
  readonly broken: readonly string[];
}

export async function playStory(text: string): Promise<Played> {
  const stage = new Stage();
  const lines = text.trimEnd().split('\n');
  if (lines[0]?.startsWith('#') !== true) throw new Error('a story opens with a paragraph, each line after a #');
  const played: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    played.push(line);
    if (line === '' || line.startsWith('#')) continue;
    if (lines[at + 1] === RULE) while (at + 1 < lines.length && lines[at + 1] !== '') at++;
    const told = await play(stage, line);
    if (told.length === 0) continue;
    played.push(RULE, ...told);
    if (lines[at + 1] !== undefined && lines[at + 1] !== '') played.push('');
  }
  stage.check();
  return { text: `${played.join('\n')}\n`, broken: stage.broken };
}

async function play(stage: Stage, line: string): Promise<string[]> {
  const command = Command.parse(line);
  const action = COMMANDS.get(command.name);
  if (action === undefined) throw new Error(`${line}: there is no command ${command.name}`);
  try {
    const view = await action(stage, command);
    command.requireAllUsed();
    stage.check();
    return [...stage.narrator.take(), ...(view ?? [])];
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    throw new Error([`${line}: ${sentence}`, ...stage.narrator.take()].join('\n'), { cause: error });
  }
}

/** What hostile and honest clients were told, held against the logs. Pure. */
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { MessageView } from '@replog/contracts/views.js';
import { identityOf } from '../checkers/history.js';
import type { NodeLog } from '../checkers/history.js';
import type { HostileAnswer } from './answers.js';

/** `open`: nobody was told. `forbidden`: it stood in bytes that are no request. */
export type Fate = 'acknowledged' | 'refused' | 'open' | 'forbidden';

const MAY_STAND: Readonly<Record<Fate, readonly [number, number]>> = {
  acknowledged: [1, 1],
  refused: [0, 0],
  open: [0, 1],
  forbidden: [0, 0],
};

const SHOWN_CHARACTERS = 120;

/** Every message that was sent, by its JSON. */
export class Fates {
  private readonly fates = new Map<string, { readonly fate: Fate; readonly by: string }>();

  add(message: unknown, fate: Fate, by: string): void {
    this.fates.set(identityOf(message), { fate, by });
  }

  get acknowledged(): number {
    return [...this.fates.values()].filter(({ fate }) => fate === 'acknowledged').length;
  }

  /** What is wrong with the log of a node. */
  faultsIn({ nodeId, messages }: NodeLog): string[] {
    const times = new Map<string, number>();
    for (const { message } of messages) {
      const identity = identityOf(message);
      times.set(identity, (times.get(identity) ?? 0) + 1);
    }
    const faults: string[] = [];
    for (const [identity, { fate, by }] of this.fates) {
      const [least, most] = MAY_STAND[fate];
      const count = times.get(identity) ?? 0;
      if (count >= least && count <= most) continue;
      faults.push(`${nodeId} has ${count} times a message that was ${fate} (${by}): ${shown(identity)}`);
    }
    for (const identity of times.keys()) {
      if (!this.fates.has(identity)) faults.push(`${nodeId} has a message that nobody sent: ${shown(identity)}`);
    }
    return faults;
  }
}

function shown(identity: string): string {
  return identity.length > SHOWN_CHARACTERS ? `${identity.slice(0, SHOWN_CHARACTERS)}…` : identity;
}

/** What an answer says of the messages of its request. */
export function fateOf(answer: HostileAnswer | undefined): Fate {
  if (answer === undefined || answer.status === 500 || answer.status === 504) return 'open';
  return answer.status < 300 ? 'acknowledged' : 'refused';
}

/** `null`: it is a good answer, or a refusal that is a problem document with a code of the table. */
export function faultOfAnswer({ status, headers, body }: HostileAnswer): string | null {
  if (status < 400) return null;
  const text = body.toString();
  const type = headers.get('content-type') ?? 'none';
  if (!type.startsWith('application/problem+json'))
    return `a ${status} has the type ${type}: ${text.slice(0, SHOWN_CHARACTERS)}`;
  const code = codeIn(text);
  if (code === null || !Object.hasOwn(ERROR_KINDS, code))
    return `a ${status} has no known code: ${text.slice(0, SHOWN_CHARACTERS)}`;
  const expected = ERROR_KINDS[code].status;
  if (expected !== status) return `${code} is answered ${status}, and its status is ${expected}`;
  return code === 'INTERNAL' ? `the node had an internal error: ${text.slice(0, SHOWN_CHARACTERS)}` : null;
}

function codeIn(text: string): Problem['code'] | null {
  try {
    return (JSON.parse(text) as Problem).code;
  } catch {
    return null;
  }
}

/** Of logs that have to be one. */
export function differences(logs: readonly NodeLog[]): string[] {
  const [first, ...others] = logs as [NodeLog, ...NodeLog[]];
  const text = (messages: readonly MessageView[]): string => JSON.stringify(messages);
  return others
    .filter(({ messages }) => text(messages) !== text(first.messages))
    .map(({ nodeId }) => `${nodeId} and ${first.nodeId} do not hold the same`);
}

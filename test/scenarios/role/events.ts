/** Reads one event of a story: `masterHeard n2 epoch=3`. What is left out is what is usual. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { PollResult, RoleEvent } from '@replog/core/role/role-event.js';
import type { RoleValue } from '@replog/core/role/role-state.js';

const DAMAGE = { segment: '1.log', index: 6, offset: 939, fault: 'crc' };

interface Line {
  readonly kind: string;
  /** Words without `=`. */
  readonly words: readonly string[];
  readonly given: ReadonlyMap<string, string>;
}

export function eventOf(text: string, value: RoleValue): RoleEvent {
  const line = read(text);
  const [word = 'n2'] = line.words;
  const epoch = numberOf(line, 'epoch', epochOf(value));
  const heldEpoch = numberOf(line, 'held', epochOf(value));
  const has = (one: string): boolean => line.words.includes(one);
  switch (line.kind) {
    case 'started':
      return {
        kind: 'started',
        prefers: has('master') ? 'master' : 'secondary',
        mayFound: has('empty'),
        damage: has('damaged') ? DAMAGE : null,
      };
    case 'founded':
      return { kind: 'founded', epoch, epochStartIndex: 1, heldEpoch };
    case 'masterHeard':
      return { kind: 'masterHeard', master: masterOf(word, epoch), heldEpoch };
    case 'higherEpochHeard':
      return { kind: 'higherEpochHeard', epoch, from: word };
    case 'higherEpochClaimed':
      return { kind: 'higherEpochClaimed', epoch, from: word, isMaster: has('master') };
    case 'masterLost':
      return { kind: 'masterLost', nodeId: word, silentMs: 1_000 };
    case 'masterUnfit':
      return { kind: 'masterUnfit', why: has('stalled') ? 'stalled' : 'unheard', silentMs: 1_000 };
    case 'voteGranted':
      return { kind: 'voteGranted', epoch, to: word };
    case 'promotionRequested':
      return { kind: 'promotionRequested', id: numberOf(line, 'id', 1), force: has('force') };
    case 'pollDecided':
      return { kind: 'pollDecided', result: pollResult(line, epoch, heldEpoch) };
    case 'transferGranted':
      return { kind: 'transferGranted', epoch };
    case 'promotionFailed':
      return { kind: 'promotionFailed', refusal: new ReplogError(word as ErrorCode, rest(line)) };
    case 'campaignWon':
      return { kind: 'campaignWon', epoch, epochStartIndex: 9, heldEpoch };
    case 'campaignLost':
      return { kind: 'campaignLost', reason: line.words.join(' ') };
    case 'transferRequested':
      return { kind: 'transferRequested', id: numberOf(line, 'id', 1), to: word };
    case 'transferFailed':
      return { kind: 'transferFailed', why: line.words.join(' ') };
    case 'claimed':
      return { kind: 'claimed', by: word, clusterId: 'another' };
    case 'unfoundingEnded':
      return { kind: 'unfoundingEnded', isUnfounded: !has('kept') };
    case 'damageFound':
      return { kind: 'damageFound', damage: DAMAGE };
    case 'clusterMet':
    case 'successorCaughtUp':
    case 'termEnded':
    case 'repaired':
    case 'repairFailed':
    case 'removalHeard':
    case 'changeLimitReached':
    case 'stopRequested':
    case 'everythingEnded':
      return { kind: line.kind };
    default:
      throw new Error(`${text}: there is no event ${line.kind}`);
  }
}

function read(text: string): Line {
  const [kind = '', ...parts] = text.split(' ');
  const given = parts.filter((part) => part.includes('=')).map((part) => part.split('=') as [string, string]);
  return { kind, words: parts.filter((part) => !part.includes('=')), given: new Map(given) };
}

function pollResult(line: Line, epoch: number, heldEpoch: number): PollResult {
  const [kind, word = 'n2'] = line.words;
  switch (kind) {
    case 'follow':
      return { kind, master: masterOf(word, epoch), heldEpoch };
    case 'transfer':
      return { kind, from: word };
    case 'campaign':
      return { kind, epoch };
    case 'wait':
      return { kind, reason: rest(line) };
    default:
      throw new Error(`pollDecided ${kind}: follow, transfer, campaign or wait?`);
  }
}

function masterOf(nodeId: string, epoch: number): { nodeId: string; url: string; epoch: number } {
  return { nodeId, url: `http://${nodeId}`, epoch };
}

function rest({ words }: Line): string {
  return words.slice(1).join(' ');
}

/** The epoch of the state that has one. */
function epochOf({ state }: RoleValue): number {
  return 'epoch' in state ? state.epoch : 1;
}

function numberOf({ given }: Line, name: string, usual: number): number {
  const text = given.get(name);
  return text === undefined ? usual : Number(text);
}

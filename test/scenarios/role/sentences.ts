/** States and effects as a reader of a story sees them. */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { RoleEffect } from '@replog/core/role/role-effect.js';
import type { RoleState, RoleValue, StepDownReason } from '@replog/core/role/role-state.js';

/** The state, and in brackets what is set of the facts beside it. */
export function stateOf(value: RoleValue): string {
  const facts = [
    value.wantsTerm ? 'wants a term' : null,
    value.damage === null ? null : 'damaged',
    value.isMasterChanging ? 'writes are held' : null,
    value.promotion === null ? null : `promotion ${value.promotion.id}`,
  ].filter((fact) => fact !== null);
  const state = nameOf(value.state);
  return facts.length === 0 ? state : `${state} (${facts.join(', ')})`;
}

function nameOf(state: RoleState): string {
  switch (state.kind) {
    case 'polling':
      return `polling by ${who(state.by)}${state.attempt === 0 ? '' : `, attempt ${state.attempt + 1}`}`;
    case 'awaitingTransfer':
      return `awaiting the transfer from ${state.from}`;
    case 'campaigning':
      return `campaigning by ${who(state.by)} for epoch ${state.epoch}`;
    case 'master':
      return `master in epoch ${state.epoch}`;
    case 'transferring':
      return `transferring epoch ${state.epoch} to ${state.to}`;
    case 'steppingDown':
      return `stepping down from epoch ${state.epoch}: ${reasonOf(state.reason)}`;
    case 'stopping':
      return `stopping as ${state.role}`;
    case 'starting':
    case 'founding':
    case 'unfounding':
    case 'secondary':
    case 'removed':
    case 'repairing':
    case 'stopped':
      return state.kind;
  }
}

export function sentenceOf(effect: RoleEffect): string {
  switch (effect.kind) {
    case 'found':
      return 'found the cluster';
    case 'unfound':
      return `give up the founded cluster for the one of ${effect.claim.by}`;
    case 'beginTerm':
      return `begin the term of epoch ${effect.epoch}`;
    case 'endTerm':
      return `end the term of epoch ${effect.epoch}: ${effect.because.kind === 'stopped' ? 'stopped' : reasonOf(effect.because)}`;
    case 'askMembers':
      return `ask the members about epoch ${effect.epoch}, which ${effect.from} claims${effect.isMaster ? ' as its master' : ''}`;
    case 'beginSecondary':
      return 'begin as secondary';
    case 'endSecondary':
      return 'end as secondary';
    case 'follow':
      return `follow ${effect.master.nodeId} in epoch ${effect.master.epoch}`;
    case 'forgetOwnTerm':
      return 'know no master';
    case 'poll':
      return pollOf(effect);
    case 'requestTransfer':
      return `ask ${effect.from} to transfer its term`;
    case 'cancelPoll':
      return 'cancel the poll';
    case 'campaign':
      return `ask for votes for epoch ${effect.epoch}${effect.force ? ' by force' : ''}`;
    case 'answerPromotion':
      return `answer promotion ${effect.id}: ${effect.outcome}`;
    case 'refusePromotion':
      return `refuse promotion ${effect.id}: ${refusal(effect.refusal)}`;
    case 'catchUp':
      return `wait until ${effect.to} has every record`;
    case 'cancelCatchUp':
      return 'wait for the successor no longer';
    case 'answerTransfer':
      return `answer transfer ${effect.id}: granted`;
    case 'refuseTransfer':
      return `refuse transfer ${effect.id}: ${refusal(effect.refusal)}`;
    case 'announceDamage':
      return `say that record ${effect.damage.index} is damaged`;
    case 'rememberDamage':
      return 'write the damage down';
    case 'repair':
      return `repair from record ${effect.damage.index} on`;
    case 'startChangeLimit':
      return `hold writes for at most ${effect.limitMs} ms`;
    case 'stopChangeLimit':
      return 'hold writes no longer';
  }
}

function pollOf({ restPings, attempt, force }: Extract<RoleEffect, { kind: 'poll' }>): string {
  const when = restPings > 0 ? ` after ${restPings} pings of rest` : attempt > 0 ? ' after a pause' : '';
  return `poll the members${force ? ' by force' : ''}${when}`;
}

function reasonOf(reason: StepDownReason): string {
  switch (reason.kind) {
    case 'deposed':
      return `${reason.from} holds to epoch ${reason.epoch}`;
    case 'transferred':
      return `transferred to ${reason.to}`;
    case 'damaged':
      return 'its log is damaged';
    case 'forced':
      return 'promoted by force';
    case 'claimed':
      return `${reason.by} of another cluster lists it`;
    case 'unheard':
      return `no majority heard for ${reason.silentMs} ms`;
    case 'stalled':
      return 'its disk does not answer';
  }
}

function refusal({ code, message }: ReplogError): string {
  return `${code}: ${message}`;
}

function who(by: 'itself' | 'operator'): string {
  return by === 'itself' ? 'itself' : 'an operator';
}

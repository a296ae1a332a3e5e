/** What must be true of every role and every step. A violation is a bug of the machine and stops the process. */
import { holdsTerm, isCandidate } from './derive.js';
import type { RoleEffect } from './role-effect.js';
import type { RoleValue } from './role-state.js';

export function requireSound(before: RoleValue, next: RoleValue, effects: readonly RoleEffect[]): void {
  const broken = [...brokenOf(next), ...brokenBetween(before, next, effects)];
  if (broken.length === 0) return;
  throw new Error(`role machine: ${broken.join('; ')} (${before.state.kind} → ${next.state.kind})`);
}

function brokenOf(value: RoleValue): string[] {
  const { state, wantsTerm, lostMaster, damage, promotion, isMasterChanging } = value;
  const isByItself = (state.kind === 'polling' || state.kind === 'campaigning') && state.by === 'itself';
  const isByOperator = isCandidate(value) && !isByItself;
  const isAtRest = ['secondary', 'removed', 'repairing', 'master', 'transferring', 'stopping', 'stopped'].includes(
    state.kind,
  );
  return failing({
    'a damaged log holds a term': holdsTerm(value) && damage !== null,
    'a term is wanted with a damaged log': wantsTerm && damage !== null,
    'a term is wanted while one is held or cannot be': wantsTerm && isAtRest,
    'a master is missed and no term is wanted': lostMaster !== null && !wantsTerm,
    'a node polls by itself for a term it does not want': isByItself && state.kind === 'polling' && !wantsTerm,
    'a candidate by an operator has no promotion': isByOperator && promotion === null,
    'a promotion waits for nothing': isAtRest && promotion !== null,
    'a node polls with a damaged log': state.kind === 'polling' && damage !== null,
    'a sound log is repaired': state.kind === 'repairing' && damage === null,
    'a master holds writes': state.kind === 'master' && isMasterChanging,
  });
}

function brokenBetween(before: RoleValue, next: RoleValue, effects: readonly RoleEffect[]): string[] {
  const has = (kind: RoleEffect['kind']): boolean => effects.some((effect) => effect.kind === kind);
  const isWinning = before.state.kind === 'founding' || before.state.kind === 'campaigning';
  const hadTerm = before.state.kind === 'master' || before.state.kind === 'transferring';
  const hasTerm = holdsTerm(next);
  return failing({
    'a term begins that was not won': has('beginTerm') && !isWinning,
    'a term is held that did not begin': hasTerm && !hadTerm && !has('beginTerm'),
    'a term is lost that did not end': hadTerm && !hasTerm && !has('endTerm'),
    'a promotion is never answered':
      before.promotion !== null && next.promotion === null && !has('answerPromotion') && !has('refusePromotion'),
    'writes are held without a limit': !before.isMasterChanging && next.isMasterChanging && !has('startChangeLimit'),
  });
}

function failing(rules: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(rules).flatMap(([sentence, isBroken]) => (isBroken ? [sentence] : []));
}

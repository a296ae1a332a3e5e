/** Random lives of a node. Work in progress ends at random; events from outside come at any time. */
import { ReplogError } from '@replog/contracts/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptsLink, holdsTerm, isCandidate, mayRegister, mayVote, notReady, roleOf, writesAre } from './derive.js';
import type { RoleEffect } from './role-effect.js';
import type { PollResult, RoleEvent } from './role-event.js';
import { PROMOTION_ATTEMPTS } from './role-limits.js';
import { INITIAL_ROLE } from './role-state.js';
import type { RoleValue } from './role-state.js';
import { step } from './step.js';

type Operation =
  'found' | 'unfound' | 'endTerm' | 'poll' | 'requestTransfer' | 'campaign' | 'catchUp' | 'repair' | 'startChangeLimit';

const MASTER = { nodeId: 'n2', url: 'http://n2' };

/** Notes the effects in place of carrying them out, and refuses what a runner could not do. */
class World {
  value: RoleValue = INITIAL_ROLE;
  readonly running = new Map<Operation, RoleEffect>();
  readonly asked = new Set<number>();
  heldEpoch = 1;
  private part: 'none' | 'secondary' | 'term' = 'none';
  private lastTerm = 0;
  private requests = 0;

  give(event: RoleEvent): void {
    const { next, effects } = step(this.value, event);
    this.value = next;
    for (const effect of effects) this.carryOut(effect);
    this.requireConsistent();
  }

  request(): number {
    this.requests += 1;
    this.asked.add(this.requests);
    return this.requests;
  }

  private carryOut(effect: RoleEffect): void {
    switch (effect.kind) {
      case 'found':
      case 'unfound':
      case 'poll':
      case 'requestTransfer':
      case 'campaign':
      case 'catchUp':
      case 'repair':
      case 'startChangeLimit':
        return this.begin(effect.kind, effect);
      case 'beginTerm':
        expect([this.part, this.heldEpoch]).toEqual(['none', effect.epoch]);
        expect(effect.epoch).toBeGreaterThan(this.lastTerm);
        this.lastTerm = effect.epoch;
        this.part = 'term';
        return;
      case 'endTerm':
        expect(this.part).toBe('term');
        return this.begin('endTerm', effect);
      case 'beginSecondary':
        expect([this.part, this.running.has('endTerm')]).toEqual(['none', false]);
        this.part = 'secondary';
        return;
      case 'endSecondary':
        expect(this.part).toBe('secondary');
        this.part = 'none';
        return;
      case 'cancelPoll':
        this.running.delete('poll');
        this.running.delete('requestTransfer');
        return;
      case 'cancelCatchUp':
        expect(this.running.delete('catchUp')).toBe(true);
        return;
      case 'stopChangeLimit':
        expect(this.running.delete('startChangeLimit')).toBe(true);
        return;
      case 'answerPromotion':
      case 'refusePromotion':
      case 'answerTransfer':
      case 'refuseTransfer':
        expect(this.asked.delete(effect.id)).toBe(true);
        return;
      case 'askMembers':
      case 'follow':
      case 'forgetOwnTerm':
      case 'announceDamage':
      case 'rememberDamage':
        return;
    }
  }

  private begin(operation: Operation, effect: RoleEffect): void {
    expect(this.running.has(operation)).toBe(false);
    this.running.set(operation, effect);
  }

  /** The end of the work in progress, at random. */
  end(operation: Operation, { isGood, epoch }: { isGood: boolean; epoch: number }): void {
    const effect = this.running.get(operation);
    if (effect === undefined) return;
    this.running.delete(operation);
    if (effect.kind === 'endTerm') this.part = 'none';
    this.give(this.endOf(effect, isGood, epoch));
  }

  private endOf(effect: RoleEffect, isGood: boolean, epoch: number): RoleEvent {
    const { heldEpoch } = this;
    switch (effect.kind) {
      case 'found':
        return isGood ? { kind: 'founded', epoch: 1, epochStartIndex: 1, heldEpoch } : { kind: 'clusterMet' };
      case 'endTerm':
        return { kind: 'termEnded' };
      case 'unfound':
        return { kind: 'unfoundingEnded', isUnfounded: isGood };
      case 'poll':
        if (effect.by === 'operator' && epoch === 1) return { kind: 'promotionFailed', refusal: refusal() };
        return { kind: 'pollDecided', result: this.polled(effect.by, isGood, epoch) };
      case 'requestTransfer':
        return isGood
          ? { kind: 'transferGranted', epoch: this.campaignFor(epoch) }
          : { kind: 'promotionFailed', refusal: refusal() };
      case 'campaign':
        return isGood
          ? { kind: 'campaignWon', epoch: effect.epoch, epochStartIndex: 9, heldEpoch }
          : { kind: 'campaignLost', reason: 'lost' };
      case 'catchUp':
        return isGood ? { kind: 'successorCaughtUp' } : { kind: 'transferFailed', why: 'too slow' };
      case 'repair':
        return { kind: isGood ? 'repaired' : 'repairFailed' };
      default:
        return { kind: 'changeLimitReached' };
    }
  }

  private polled(by: 'itself' | 'operator', isGood: boolean, epoch: number): PollResult {
    if (!isGood) return { kind: 'wait', reason: 'no majority' };
    if (epoch > 3) return { kind: 'campaign', epoch: this.campaignFor(epoch) };
    if (by === 'operator') return { kind: 'transfer', from: 'n2' };
    return { kind: 'follow', master: { ...MASTER, epoch: this.heldEpoch - 1 + epoch / 2 }, heldEpoch: this.heldEpoch };
  }

  /** This node votes for itself. */
  private campaignFor(epoch: number): number {
    this.heldEpoch += epoch;
    return this.heldEpoch;
  }

  private requireConsistent(): void {
    const { value, part, running } = this;
    const asking = ['poll', 'requestTransfer', 'campaign'].filter((one) => running.has(one as Operation));
    expect(asking.length).toBeLessThanOrEqual(1);
    const ends = value.state.kind === 'stopping' || value.state.kind === 'stopped';
    if (!ends) expect(asking.length).toBe(isCandidate(value) ? 1 : 0);
    expect(holdsTerm(value) && part !== 'term').toBe(false);
    expect(running.has('startChangeLimit')).toBe(value.isMasterChanging);
    expect(mayVote(value) && (holdsTerm(value) || value.state.kind === 'repairing')).toBe(false);
    expect(acceptsLink(value) && part !== 'secondary').toBe(false);
    expect(mayRegister(value) && roleOf(value) !== 'secondary').toBe(false);
    expect(writesAre(value) === 'taken' && (!holdsTerm(value) || notReady(value) !== null)).toBe(false);
    if (value.state.kind === 'polling')
      expect(value.state.attempt < PROMOTION_ATTEMPTS || value.state.by === 'itself').toBe(true);
  }
}

function refusal(): ReplogError {
  return new ReplogError('NO_MAJORITY', 'Only 1 of 3 members answers.');
}

const HAPPENINGS = ['hear', 'higher', 'claimEpoch', 'vote', 'promote', 'transfer', 'claim', 'damage', 'stop'] as const;

const happening = fc.record({
  what: fc.constantFrom<Operation | (typeof HAPPENINGS)[number]>(
    ...(['found', 'endTerm', 'poll', 'requestTransfer', 'campaign', 'catchUp', 'repair', 'startChangeLimit'] as const),
    ...(['found', 'endTerm', 'poll', 'campaign', 'catchUp', 'unfound'] as const),
    ...HAPPENINGS,
  ),
  isGood: fc.boolean(),
  epoch: fc.integer({ min: 1, max: 6 }),
  /** So that a life does not end with every second event. */
  chance: fc.nat({ max: 9 }),
});

function live(
  world: World,
  { what, isGood, epoch, chance }: typeof happening extends fc.Arbitrary<infer One> ? One : never,
): void {
  const { heldEpoch } = world;
  switch (what) {
    case 'hear':
      return world.give({ kind: 'masterHeard', master: { ...MASTER, epoch: heldEpoch - 2 + epoch }, heldEpoch });
    case 'higher':
      return world.give({ kind: 'higherEpochHeard', epoch: heldEpoch + epoch, from: 'n2' });
    case 'claimEpoch':
      return world.give({ kind: 'higherEpochClaimed', epoch: heldEpoch + epoch, from: 'x1', isMaster: isGood });
    case 'vote':
      if (!mayVote(world.value)) return;
      world.heldEpoch += epoch;
      return world.give({ kind: 'voteGranted', epoch: world.heldEpoch, to: 'n3' });
    case 'promote':
      return world.give({ kind: 'promotionRequested', id: world.request(), force: isGood });
    case 'transfer':
      return world.give({ kind: 'transferRequested', id: world.request(), to: 'n3' });
    case 'claim':
      return world.give({ kind: 'claimed', by: 'n2', clusterId: 'another' });
    case 'damage':
      if (chance > 4) return;
      return world.give({ kind: 'damageFound', damage: { segment: '1.log', index: epoch, offset: 9, fault: 'crc' } });
    case 'stop':
      if (chance > 1) return;
      return world.give({ kind: 'stopRequested' });
    default:
      return world.end(what, { isGood, epoch });
  }
}

describe('the role machine, over random lives', () => {
  const start = fc.record({
    prefers: fc.constantFrom('master' as const, 'secondary' as const),
    mayFound: fc.boolean(),
  });

  it('keeps its invariants, has at most one poll, transfer request or campaign at a time, and answers every request once', () => {
    fc.assert(
      fc.property(start, fc.array(happening, { maxLength: 120 }), ({ prefers, mayFound }, happenings) => {
        const world = new World();
        world.give({ kind: 'started', prefers, mayFound, damage: null });
        for (const one of happenings) live(world, one);
        world.give({ kind: 'stopRequested' });
        for (const operation of [...world.running.keys()]) world.end(operation, { isGood: true, epoch: 1 });
        expect([...world.asked]).toEqual([]);
        if (world.value.state.kind === 'stopping') world.give({ kind: 'everythingEnded' });
        expect([world.value.state.kind, [...world.running]]).toEqual(['stopped', []]);
      }),
      { numRuns: 600 },
    );
  });
});

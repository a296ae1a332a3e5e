/**
 * Holds the role of this node and takes its steps, one event after the other. An event that arrives while effects run
 * waits until they are done. Everything else about the role is derived from `value`.
 */
import type { RoleEffect } from '@replog/core/role/role-effect.js';
import type { RoleEvent } from '@replog/core/role/role-event.js';
import { INITIAL_ROLE } from '@replog/core/role/role-state.js';
import type { RoleValue } from '@replog/core/role/role-state.js';
import { step } from '@replog/core/role/step.js';
import { MasterChange } from '../node/master-change.js';
import type { RoleRequests } from './role-requests.port.js';

export interface RoleActor extends RoleRequests {
  /** Begins the effect, or completes it before it returns. */
  perform(effect: RoleEffect): void;
  /** An invariant is broken: the node must stop. */
  failed(error: unknown): void;
}

export class RoleMachine {
  /** Follows `isMasterChanging`. */
  readonly change = new MasterChange();
  private current: RoleValue = INITIAL_ROLE;
  private readonly events: RoleEvent[] = [];
  private isStepping = false;
  private actor: RoleActor | null = null;

  get value(): RoleValue {
    return this.current;
  }

  /** The requests of operators and other nodes about the role. An actor must be attached first. */
  get requests(): RoleRequests {
    if (this.actor === null) throw new Error('no actor is attached to the role machine yet');
    return this.actor;
  }

  /** From now on effects go to `actor`. */
  attach(actor: RoleActor): void {
    this.actor = actor;
  }

  give(event: RoleEvent): void {
    this.events.push(event);
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) this.take(next);
    } catch (error) {
      this.events.length = 0;
      if (this.actor === null) throw error;
      this.actor.failed(error);
    } finally {
      this.isStepping = false;
    }
  }

  private take(event: RoleEvent): void {
    const { next, effects } = step(this.current, event);
    this.current = next;
    this.change.update(next.isMasterChanging);
    for (const effect of effects) this.actor?.perform(effect);
  }
}

/** Builds a secondary's term from its parts, for production and simulation alike. */
import { Follower } from '../messages/follower.js';
import type { FollowerPorts } from '../messages/follower-ports.js';
import { SecondaryTerm } from './secondary-term.js';

export type SecondaryTermPorts = FollowerPorts;

export function composeSecondaryTerm(ports: SecondaryTermPorts): SecondaryTerm {
  return new SecondaryTerm(new Follower(ports));
}

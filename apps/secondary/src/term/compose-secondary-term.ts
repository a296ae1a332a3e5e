/** Makes a secondary's term out of its parts: the one place where they are put together, for production and simulation. */
import { Follower } from '../messages/follower.js';
import type { FollowerPorts } from '../messages/follower-ports.js';
import { SecondaryTerm } from './secondary-term.js';

export type SecondaryTermPorts = FollowerPorts;

export function composeSecondaryTerm(ports: SecondaryTermPorts): SecondaryTerm {
  return new SecondaryTerm(new Follower(ports));
}

/** What a write concern asks for, as a number of member secondaries. */
import type { WriteConcern } from '@replog/contracts/views.js';
import { majorityOf } from './majority.js';

/**
 * `secondaries` counts the members besides the master. A number may ask for more than there are today: a secondary may
 * yet join. A master that is no member adds nothing to a majority.
 */
export function requiredSecondaries(concern: WriteConcern, secondaries: number, masterIsMember: boolean): number {
  if (concern === 'all') return secondaries;
  if (concern !== 'majority') return concern;
  return masterIsMember ? majorityOf(secondaries + 1) - 1 : majorityOf(secondaries);
}

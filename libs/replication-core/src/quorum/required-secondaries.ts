/** A write concern as a number of member secondaries. */
import type { WriteConcern } from '@replog/contracts/views.js';
import { majorityOf } from './majority.js';

/**
 * `secondaries` is the number of members other than the master. A concern may ask for more than there are today, because
 * another secondary may join. A master that is not a member does not count for a majority.
 */
export function requiredSecondaries(concern: WriteConcern, secondaries: number, masterIsMember: boolean): number {
  if (concern === 'all') return secondaries;
  if (concern !== 'majority') return concern;
  return masterIsMember ? majorityOf(secondaries + 1) - 1 : majorityOf(secondaries);
}

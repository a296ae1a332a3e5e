/** The variables of automatic failover. */
import { IsIn, IsOptional } from 'class-validator';

import { Seconds, Whole } from './numbers.js';
import { RoleAndKeys } from './role-and-keys.js';
import { Variable } from './variable.js';

export class FailoverVariables extends RoleAndKeys {
  @Variable({
    default: 'auto',
    allowed: '`auto` or `manual`',
    meaning:
      'who makes another member master when the master is gone: the members themselves, if there are three or more, or an operator (`POST /cluster/promote`)',
  })
  @IsIn(['auto', 'manual'])
  FAILOVER!: 'auto' | 'manual';

  @Variable({
    default: '5',
    allowed: 'seconds from 0.15 to 3600, at least three times `HEARTBEAT` and at least `HEALTHCHECK_TIMEOUT`',
    meaning:
      'seconds without a word from the master after which a member asks the others for an election, after up to half as much again; a master that hears no majority for as long steps down. The same on all nodes',
  })
  @Seconds(0.15, 3600)
  ELECTION_TIMEOUT!: number;

  @Variable({
    default: '0.5',
    allowed: 'seconds from 0.05 to 1200',
    meaning: 'seconds between two heartbeats on a link, in each direction',
  })
  @Seconds(0.05, 1200)
  HEARTBEAT!: number;

  @Variable({
    allowed: 'a whole number from 0 to 100',
    meaning: 'which member is elected first when the master is gone: that with the highest number; 0: never this one',
    defaultMeaning: '50; 0 where `DELAY` is set',
  })
  @IsOptional()
  @Whole(0, 100)
  PRIORITY?: number;
}

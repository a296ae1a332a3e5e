import { deleteTheDamaged } from './damage.js';
import { stalledIsHealthy, stalledMasterTakesWrites } from './gray-disk.js';
import { neverRevised, twiceAlive, voteOfRestored } from './identity.js';
import { errorOnDuplicate, keyOfNothing } from './keys.js';
import {
  commitOlderEpoch,
  countJoining,
  leaveWithoutRecord,
  quorumOverTheLiving,
  sameEpochAfterRestart,
  twoChangesAtOnce,
} from './quorum.js';
import { deposedByStranger } from './stranger.js';
import { FAILOVER_PLANTS } from './failover.js';
import { foundedTwice } from './founding.js';
import type { Plant } from './plant.js';
import {
  committedForEver,
  forceWithOwnLog,
  forceWithoutAWord,
  forecastOfTheAsked,
  forecastWithoutOrphans,
  forecastWithoutTheSilent,
  masterWithoutAWayOut,
  transferAtOnce,
  electionWithOwnLog,
} from './promotion.js';
import { nameEverybody, receiptBySeqAlone } from './receipts.js';
import {
  acknowledgeBeforeSync,
  cutWithoutOrphans,
  forgetVote,
  lackIsFinal,
  resumeFromWrongIndex,
  serveGap,
  timeOfTheWall,
} from './storage.js';

/** Each has to be found; the specs say within how many seeds. */
export const PLANTS: readonly Plant[] = [
  ...[acknowledgeBeforeSync, forgetVote, cutWithoutOrphans, serveGap, resumeFromWrongIndex],
  ...[countJoining, commitOlderEpoch, quorumOverTheLiving, twoChangesAtOnce, leaveWithoutRecord, sameEpochAfterRestart],
  ...[deposedByStranger],
  ...[transferAtOnce, electionWithOwnLog, forceWithOwnLog, forceWithoutAWord],
  ...[committedForEver, masterWithoutAWayOut],
  ...[forecastWithoutOrphans, forecastWithoutTheSilent, forecastOfTheAsked],
  ...[keyOfNothing, errorOnDuplicate, nameEverybody, receiptBySeqAlone, deleteTheDamaged, timeOfTheWall],
  ...[lackIsFinal, foundedTwice],
  ...[stalledIsHealthy, stalledMasterTakesWrites],
  ...[neverRevised, twiceAlive, voteOfRestored],
  ...FAILOVER_PLANTS,
];

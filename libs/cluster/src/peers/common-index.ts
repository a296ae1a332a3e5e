/** The last index at which two logs are equal. Each log may be local or remote. */
import type { LogPosition } from '@replog/contracts/record.js';
import { CommonPointSearch } from '@replog/core/link/common-point.js';

/** Returns the position of a log at an index; `null` if the log has no such record. */
export type PositionAt = (index: number) => Promise<LogPosition | null>;

/** `ceiling`: the smaller of the two last indexes. Both logs are asked at the same time. */
export async function commonIndex(one: PositionAt, other: PositionAt, ceiling: number): Promise<number> {
  const search = new CommonPointSearch(0, ceiling);
  for (let index = search.question; index !== null; index = search.question) {
    const [left, right] = await Promise.all([one(index), other(index)]);
    const agrees = left !== null && right !== null && left.chain === right.chain && left.epoch === right.epoch;
    search.answer(index, agrees);
  }
  return search.commonIndex;
}

/** What a node says of its disk, and what that means for the others. */
import type { StorageState } from '@replog/contracts/views.js';

export interface StorageFacts {
  readonly isDamaged: boolean;
  readonly isStalled: boolean;
  readonly isFull: boolean;
}

/** The worst comes first: a stalled disk can also be full, and only the end of the stall shows whether it still is. */
export function storageOf({ isDamaged, isStalled, isFull }: StorageFacts): StorageState {
  if (isDamaged) return 'damaged';
  if (isStalled) return 'stalled';
  return isFull ? 'full' : 'ok';
}

/** Why nothing new becomes durable on a node, to complete a sentence about it; `null` if something does. */
export function storageFault(state: StorageState): string | null {
  switch (state) {
    case 'ok':
      return null;
    case 'full':
      return 'its disk is full';
    case 'stalled':
      return 'its disk is stalled: a write or sync does not end';
    case 'damaged':
      return 'its log is damaged';
  }
}

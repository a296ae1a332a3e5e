/** A rule of the protocol that a run has broken, in a sentence. */
export type Rule =
  | 'agreement'
  | 'durability'
  | 'acknowledgement'
  | 'receipt'
  | 'rejected'
  | 'one-master'
  | 'one-cluster'
  | 'read'
  | 'order'
  | 'numbering'
  | 'keys'
  | 'duplicate'
  | 'orphans'
  | 'kept'
  | 'reappend'
  | 'transfer'
  | 'forecast'
  | 'force'
  | 'membership'
  | 'vote'
  | 'election'
  | 'stranger'
  | 'commitment'
  | 'progress'
  | 'convergence'
  | 'damage'
  | 'lack'
  | 'storage'
  | 'batch'
  | 'time'
  | 'history'
  | 'identity'
  | 'revision'
  | 'copy';

export class BrokenRule extends Error {
  override readonly name = 'BrokenRule';

  constructor(
    readonly rule: Rule,
    sentence: string,
  ) {
    super(sentence);
  }
}

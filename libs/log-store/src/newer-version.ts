/**
 * A file of this data directory was written by a newer build, in a form this build does not know. What is not understood is
 * not touched: it never counts as damage, as a torn tail, or as a file to be rebuilt.
 */
export class NewerVersionError extends Error {
  override readonly name = 'NewerVersionError';

  /** `what`: what has that version, such as "a record at byte 480". */
  constructor(
    readonly path: string,
    what: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(
      `${path} was written by a newer build: ${what} has version ${found}, and this build knows versions up to ${known}. ` +
        'Nothing on disk was changed. Start the build that wrote it, or a later one.',
    );
  }
}

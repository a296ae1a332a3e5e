/**
 * Where a node writes its log. A line that cannot be written must neither end the node nor hold it up: its disk may be full
 * of the data that it keeps, and whoever reads its output may have stopped reading.
 */
import { pino } from 'pino';

export type Output = ReturnType<typeof pino.destination>;

/** What waits to be written, at most. Further lines are lost. */
const MAX_WAITING_BYTES = 1024 * 1024;
const STANDARD_OUTPUT = 1;

/** `dest` and `maxLength` are for tests. */
interface OutputOptions {
  readonly dest?: number | string;
  readonly maxLength?: number;
}

/**
 * Lines that cannot be written wait, and are tried again with the next line. `lost` is called with the number of those that
 * were lost, once all that waited are written.
 */
export function standardOutput(
  lost: (lines: number) => void,
  { dest = STANDARD_OUTPUT, maxLength = MAX_WAITING_BYTES }: OutputOptions = {},
): Output {
  const output = pino.destination({ dest, sync: false, maxLength });
  let dropped = 0;
  output.on('error', () => undefined);
  output.on('drop', () => (dropped += 1));
  output.on('drain', () => {
    const lines = dropped;
    dropped = 0;
    if (lines > 0) lost(lines);
  });
  return output;
}

/**
 * Where a node writes its log. A line that cannot be written must neither end the node nor hold it up: its disk may be full
 * of the data that it keeps, and whoever reads its output may have stopped reading.
 */
import { pino } from 'pino';

export type Output = ReturnType<typeof pino.destination>;

/** What waits to be written, at most. Further lines are lost. */
const MAX_WAITING_BYTES = 1024 * 1024;
const STANDARD_OUTPUT = 1;

/**
 * Lines that cannot be written wait, and are tried again with the next line. Once all are written, a line says how many were lost
 * meanwhile.
 */
export function standardOutput(dest: number | string = STANDARD_OUTPUT, maxLength = MAX_WAITING_BYTES): Output {
  const output = pino.destination({ dest, sync: false, maxLength });
  let lost = 0;
  output.on('error', () => undefined);
  output.on('drop', () => (lost += 1));
  output.on('drain', () => {
    if (lost === 0) return;
    const msg = `${lost} lines of this log are lost: they could not be written`;
    lost = 0;
    output.write(`${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`);
  });
  return output;
}

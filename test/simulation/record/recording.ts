/** `--record`: keeps the result of a run in a committed file. Whether that is possible is checked before the run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BadOption } from '../options.js';
import type { Options } from '../options.js';
import type { Totals } from '../runs/totals.js';
import { addedUp, differenceOf, follows, rounded } from './simulation-record.js';
import type { Origin, SimulationRecord } from './simulation-record.js';
import { commitHere, hashOfFolder } from './sources.js';

export const RECORD_FILE = 'docs/reliability/simulation.json';

export class Recording {
  private constructor(
    private readonly options: Options,
    private readonly origin: Origin & Pick<SimulationRecord, 'commit' | 'dirty'>,
    /** The parts so far; `null` where this is the first. */
    private readonly before: SimulationRecord | null,
  ) {}

  /**
   * A run that begins with the seed after the record is added to it. Any other run starts a new record. Throws
   * BadOption if it cannot be added.
   */
  static begin(options: Options, bundle: URL): Recording {
    const { setting, firstSeed } = options;
    const { nodes, steps, without } = setting;
    const sources = hashOfFolder(bundle);
    const origin = { ...commitHere(), sources, node: process.version, nodes, stepsPerSeed: steps, without };
    const found = existsSync(RECORD_FILE) ? (JSON.parse(readFileSync(RECORD_FILE, 'utf8')) as SimulationRecord) : null;
    if (found === null || !follows(found, firstSeed)) return new Recording(options, origin, null);
    const difference = differenceOf(found, origin);
    if (difference === null) return new Recording(options, origin, found);
    throw new BadOption(
      `${RECORD_FILE} ends with seed ${firstSeed - 1}, so this run would be added to it; but that was recorded with ` +
        `${difference}. Run it with the same, or begin a new record with an earlier seed.`,
    );
  }

  /** Writes the record; answers a sentence on it. */
  async end(totals: Totals, seconds: number): Promise<string> {
    const { options, origin, before } = this;
    if (totals.runs === 0) return 'nothing to record';
    const part: SimulationRecord = {
      date: new Date().toISOString().slice(0, 10),
      ...origin,
      firstSeed: options.firstSeed,
      seeds: totals.runs,
      steps: totals.steps,
      simulatedHours: rounded(totals.simulatedMs / 3_600_000),
      violations: totals.broken.length,
      violated: totals.broken.map(({ seed, broken }) => ({ seed, rule: broken?.rule ?? '' })),
      faults: totals.faults,
      counts: totals.others,
      seconds: rounded(seconds),
      jobs: options.jobs,
    };
    const record = before === null ? part : addedUp(before, part);
    mkdirSync(dirname(RECORD_FILE), { recursive: true });
    writeFileSync(RECORD_FILE, await textOf(record));
    const added = before === null ? '' : `, ${before.seeds} of them recorded before`;
    return `${RECORD_FILE}: ${record.seeds} seeds from ${record.firstSeed} on${added}`;
  }
}

/** As the project's own check of formats wants it. */
async function textOf(record: SimulationRecord): Promise<string> {
  const { format, resolveConfig } = await import('prettier');
  return format(JSON.stringify(record, null, 2), { ...(await resolveConfig(RECORD_FILE)), filepath: RECORD_FILE });
}

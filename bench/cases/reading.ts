/** Reading all of a log, and many who follow it live while it grows. */
import { MEDIA } from '@replog/contracts/http.js';
import { appendAtPace } from '../load/paced.js';
import { measure } from '../measure/measured.js';
import type { Figures } from '../measure/measured.js';
import { sumOf } from '../measure/syncs.js';
import { metricsOf, Replog } from '../peers/replog.js';
import { eachRound } from './case.js';
import type { OwnCase, Scene } from './case.js';
import { oneRound } from './compared.js';
import { fill } from './fill.js';
import { countLines } from './readers.js';

const TAILS = 16;
const TAILED_LOAD = { clients: 64, batch: 1, concern: 1 } as const;
/** Somewhat above the 20,000 messages/s that are asked for: the time of the last answer counts as well. */
const TAILED_PACE = { messagesPerSecond: 21_000, batch: 100, concern: 1 } as const;
/** How long tails go on after the last append. What has not come by then counts as missed. */
const GRACE_SECONDS = 3;

export const READ: OwnCase = {
  kind: 'own',
  id: 'read',
  title: 'one reader streams a log from the start',
  run: (scene) =>
    withNodes(scene, async (replog) => {
      const { options, findings } = scene;
      const { master } = replog.cluster;
      await fill(master, options.messages, 0, scene.signal);
      const title = `one reader streams ${options.messages.toLocaleString('en')} messages (NDJSON)`;
      await eachRound(scene, async () => {
        const figures = await measure(replog, async () => {
          const startMs = performance.now();
          const messages = await countLines(`${master.url}/messages`, MEDIA.ndjson, '^{"seq":');
          if (messages !== options.messages) throw new Error(`the reader got ${messages} of ${options.messages}`);
          return { messages, seconds: (performance.now() - startMs) / 1000 };
        });
        findings.add({ id: READ.id, title, contender: replog.name, clients: 1 }, figures);
      });
    }),
};

export const TAILED: OwnCase = {
  kind: 'own',
  id: 'tails',
  title: `${TAILS} live tails (their readers are among the others) while 64 clients append`,
  run: (scene) =>
    withNodes(scene, async (replog) => {
      const { options, signal } = scene;
      const { seconds } = options;
      await eachRound(scene, async () => {
        const oneByOne = { id: TAILED.id, title: TAILED.title, clients: TAILED_LOAD.clients };
        await beside(replog, scene, oneByOne, () => oneRound(replog, { ...TAILED_LOAD, seconds }));
        const { batch, messagesPerSecond } = TAILED_PACE;
        const title = `${TAILS} live tails while ${messagesPerSecond.toLocaleString('en')} messages/s come in batches of ${batch}`;
        await beside(replog, scene, { id: 'tails/paced', title, clients: 1 }, () =>
          measure(replog, () => appendAtPace(replog.cluster.master, { ...TAILED_PACE, seconds }, signal)),
        );
      });
    }),
};

interface Tailed {
  readonly id: string;
  readonly title: string;
  readonly clients: number;
}

/** Follows the log from its end while `append` runs, and counts what came. */
async function beside(replog: Replog, scene: Scene, tailed: Tailed, append: () => Promise<Figures>): Promise<void> {
  const { options, findings } = scene;
  const before = await messagesOf(replog);
  const url = `${replog.cluster.master.url}/messages?after=${before}`;
  const tailing = Array.from({ length: TAILS }, () =>
    countLines(url, MEDIA.eventStream, '^id: ', options.seconds + GRACE_SECONDS),
  );
  const figures = await append();
  const counts = await Promise.all(tailing);
  // By now requests that were under way when the load ended have been appended, too.
  const appended = (await messagesOf(replog)) - before;
  const shares = counts.map((got) => (100 * got) / appended);
  findings.add({ ...tailed, contender: replog.name }, figures);
  const title = 'of the appended messages, the tail that got fewest got';
  findings.observe({ id: `${tailed.id}/fewest`, title, unit: '%' }, Math.min(...shares));
}

async function withNodes(scene: Scene, use: (replog: Replog) => Promise<void>): Promise<void> {
  const replog = await Replog.start(scene.version, { folder: scene.folder });
  try {
    await use(replog);
  } finally {
    await replog.end();
  }
}

/** All that are in the log: appends that were answered, whatever their outcome. */
const messagesOf = async ({ cluster }: Replog): Promise<number> =>
  sumOf(await metricsOf(cluster.master), 'replog_appends_total');

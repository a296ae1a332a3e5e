import type { LogPosition } from '@replog/contracts/record.js';
import { describe, expect, it } from 'vitest';

import { testLog, testView } from '@replog/cluster/testing/fake-node.js';
import { NodeMetrics } from './node-metrics.js';
import type { TermFigures } from './node-metrics.js';

const LAG = { records: 3, bytes: 600, ms: 1500 };

describe('the metrics of a node', () => {
  it('show the node and its log as they are at the scrape', async () => {
    const metrics = new NodeMetrics();
    const view = testView({ committed: 4 });
    const log = { ...testLog(), last: { index: 7, epoch: 1, chain: 0, seq: 6 } };
    metrics.follow(view, log);
    expect(await metrics.text()).toContain('replog_committed_index 4\n');
    expect(await metrics.text()).toContain('replog_storage_state{state="ok"} 1\n');
    view.storage = 'stalled';
    view.orphans = { totals: { sets: 2, messages: 9 } };
    expect(await metrics.text()).toContain('replog_storage_state{state="ok"} 0\n');
    expect(await metrics.text()).toContain('replog_storage_state{state="stalled"} 1\n');
    view.committed = 6;
    const text = await metrics.text();
    expect(text).toContain('replog_committed_index 6\n');
    expect(text).toContain('replog_last_index 7\n');
    expect(text).toContain('replog_orphan_sets 2\n');
    expect(text).toContain('replog_orphan_messages 9\n');
    expect(text).toContain('replog_is_master 1\n');
    expect(text).toContain('replog_node_info{node="m1",role="master"} 1\n');
  });

  it('count every sync of the current log, with its batch, and none of the previous log', async () => {
    const metrics = new NodeMetrics();
    const makeLog = (): { sync: (records: number) => void; log: ReturnType<typeof testLog> } => {
      const stats = { syncs: 0, syncedRecords: 10, syncedBytes: 0, lastSyncMs: 0.3 };
      const listeners = new Set<(durable: LogPosition) => void>();
      const log = {
        ...testLog(),
        stats,
        onDurable: (listener: (durable: LogPosition) => void) => {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
      const sync = (records: number): void => {
        stats.syncedRecords += records;
        for (const listener of listeners) listener(log.durable);
      };
      return { sync, log };
    };
    const [former, current] = [makeLog(), makeLog()];
    metrics.follow(testView(), former.log);
    metrics.follow(testView(), current.log);
    former.sync(5);
    current.sync(3);
    const text = await metrics.text();
    expect(text).toContain('replog_sync_seconds_bucket{le="0.0005"} 1');
    expect(text).toContain('replog_sync_batch_records_sum 3');
  });

  it('show the current secondaries and no others', async () => {
    const metrics = new NodeMetrics();
    let secondaries: TermFigures['secondaries'] = [{ nodeId: 's1', state: 'HEALTHY', lag: LAG }];
    const stop = metrics.followTerm(() => Promise.resolve({ secondaries, exposure: 4 }));
    expect(await metrics.text()).toContain('replog_exposure_messages 4\n');
    secondaries = [
      { nodeId: 's2', state: 'SUSPECTED', lag: LAG },
      { nodeId: 's3', state: 'JOINING', lag: null },
    ];
    const text = await metrics.text();
    expect(text).not.toContain('node="s1"');
    expect(text).toContain('replog_secondary_lag_seconds{node="s2"} 1.5');
    expect(text).toContain('replog_secondary_state{node="s2",state="SUSPECTED"} 1');
    expect(text).toContain('replog_secondary_state{node="s2",state="HEALTHY"} 0');
    expect(text).not.toContain('replog_secondary_lag_records{node="s3"}');

    stop();
    const after = await metrics.text();
    expect(after).not.toContain('node="s2"');
    expect(after).toContain('replog_exposure_messages 0\n');
  });
});

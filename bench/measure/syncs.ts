/** What nodes say of their syncs in `/metrics`. */

export interface Syncs {
  readonly count: number;
  /** Records that they made durable. */
  readonly records: number;
}

/** The sum of all samples of a metric, or of those that have this label; 0 where there are none. */
export function sumOf(metrics: string, name: string, label = ''): number {
  const labels = `(?:\\{[^}]*${label}[^}]*\\})${label === '' ? '?' : ''}`;
  const samples = metrics.matchAll(new RegExp(`^${name}${labels} (\\S+)`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}

export function syncsOf(metrics: string): Syncs {
  return {
    count: sumOf(metrics, 'replog_sync_batch_records_count'),
    records: sumOf(metrics, 'replog_sync_batch_records_sum'),
  };
}

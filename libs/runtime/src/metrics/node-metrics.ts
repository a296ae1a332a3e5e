/**
 * What a node measures, for `/metrics`. One object per process, so that counters survive a change of role. What the
 * node and its log know anyway is read at the scrape and costs nothing in between.
 */
import type { Role } from '@replog/contracts/http.js';
import type { MasterCause } from '@replog/contracts/payloads.js';
import type { MemberView, MemberState, Outcome, StorageState } from '@replog/contracts/views.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { Tally } from './tally.js';

const SECONDARY_STATES: readonly MemberState[] = ['JOINING', 'HEALTHY', 'SUSPECTED', 'UNREACHABLE'];

const STORAGE_STATES: readonly StorageState[] = ['ok', 'full', 'stalled', 'damaged'];

const SYNC_BUCKETS_S = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];
const WAIT_BUCKETS_S = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 600];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384];

/** What is read from the node and its log at every scrape. */
interface MeasuredNode {
  readonly nodeId: string;
  readonly role: Role;
  readonly epoch: number;
  readonly committed: number;
  readonly storage: StorageState;
  /** `null` if they cannot be read. */
  readonly orphans: { readonly totals: { readonly sets: number; readonly messages: number } | null };
}

interface MeasuredLog {
  readonly last: { readonly index: number };
  readonly durable: { readonly index: number };
  readonly stats: { readonly syncedRecords: number; readonly lastSyncMs: number };
  onDurable(listener: () => void): () => void;
}

/** What only a master knows. */
export interface TermFigures {
  readonly secondaries: readonly Pick<MemberView, 'nodeId' | 'state' | 'lag'>[];
  /** Messages that were acknowledged to their writers and are not committed. */
  readonly exposure: number;
}

export class NodeMetrics {
  readonly registry = new Registry();
  private readonly to = { registers: [this.registry] };
  private stopFollowing: (() => void) | null = null;

  private readonly appends = new Counter({
    ...this.to,
    name: 'replog_appends_total',
    help: 'Messages by outcome of their write; bodies that hold none count in replog_http_requests_total',
    labelNames: ['outcome'] as const,
  });
  private readonly concernWait = new Histogram({
    ...this.to,
    name: 'replog_concern_wait_seconds',
    help: 'From the arrival of a write until its write concern was met',
    labelNames: ['write_concern'] as const,
    buckets: WAIT_BUCKETS_S,
  });
  readonly sync = new Histogram({
    ...this.to,
    name: 'replog_sync_seconds',
    help: 'Duration of one sync of the log',
    buckets: SYNC_BUCKETS_S,
  });
  readonly syncBatch = new Histogram({
    ...this.to,
    name: 'replog_sync_batch_records',
    help: 'Records that one sync made durable',
    buckets: BATCH_BUCKETS,
  });
  private readonly requests = new Counter({
    ...this.to,
    name: 'replog_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'] as const,
  });
  private readonly elections = new Counter({
    ...this.to,
    name: 'replog_elections_total',
    help: 'Campaigns of this node, by what began them and their outcome',
    labelNames: ['cause', 'outcome'] as const,
  });
  private readonly masterChanges = new Counter({
    ...this.to,
    name: 'replog_master_changes_total',
    help: 'New masters that this node has had, itself included, by cause',
    labelNames: ['cause'] as const,
  });
  readonly withoutMaster = this.counter(
    'replog_seconds_without_master_total',
    'Seconds in which this node was not master and heard none',
  );
  private readonly appendTally = new Tally(this.appends);
  private readonly requestTally = new Tally(this.requests);

  readonly scrubPosition = this.gauge('replog_scrub_position_index', 'The next record that the scrub checks');
  readonly scrubPasses = this.counter('replog_scrub_passes_total', 'Passes of the scrub over the whole log');
  readonly scrubDamaged = this.counter('replog_scrub_damaged_total', 'Damaged records that the scrub has found');
  readonly chainDifferences = this.counter(
    'replog_chain_differences_total',
    'Times that a secondary was found to hold other records than its master',
  );

  readonly revisions = this.counter(
    'replog_revised_acknowledgements_total',
    'Times that a secondary came back without what it had acknowledged',
  );

  private readonly lagRecords = this.secondaryGauge('replog_secondary_lag_records', 'Records a secondary is behind');
  private readonly lagBytes = this.secondaryGauge('replog_secondary_lag_bytes', 'Bytes a secondary is behind');
  private readonly lagSeconds = this.secondaryGauge('replog_secondary_lag_seconds', 'Seconds a secondary is behind');
  private readonly states = new Gauge({
    ...this.to,
    name: 'replog_secondary_state',
    help: '1 for the state a secondary is in, 0 for the others',
    labelNames: ['node', 'state'] as const,
  });
  private readonly exposure = this.gauge(
    'replog_exposure_messages',
    'Messages acknowledged to their writers and not yet committed',
  );
  private readonly info = new Gauge({
    ...this.to,
    name: 'replog_node_info',
    help: 'Always 1: who this node is, and the role it holds',
    labelNames: ['node', 'role'] as const,
  });
  private readonly storage = new Gauge({
    ...this.to,
    name: 'replog_storage_state',
    help: '1 for the state the disk of this node is in, 0 for the others',
    labelNames: ['state'] as const,
  });
  private readonly orphanSets = this.gauge('replog_orphan_sets', 'Orphan sets of this node: see GET /orphans');
  private readonly orphanMessages = this.gauge('replog_orphan_messages', 'Messages in the orphan sets of this node');
  private readonly committedIndex = this.gauge('replog_committed_index', 'Highest index known here to be committed');
  private readonly lastIndex = this.gauge('replog_last_index', 'Index of the last record of the log');
  private readonly durableIndex = this.gauge('replog_durable_index', 'Index of the last durable record of the log');
  private readonly epoch = this.gauge('replog_epoch', 'The epoch the node holds to');
  private readonly isMaster = this.gauge('replog_is_master', '1 on a master, 0 on a secondary');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  countAppends(outcome: Outcome | 'rejected' | 'duplicate', count = 1): void {
    this.appendTally.add(outcome, () => ({ outcome }), count);
  }

  observeConcernWait(writeConcern: string, waitMs: number): void {
    this.concernWait.observe({ write_concern: writeConcern }, waitMs / 1000);
  }

  countRequest(method: string, route: string, status: number): void {
    this.requestTally.add(`${method} ${status} ${route}`, () => ({ method, route, status }), 1);
  }

  countElection(cause: MasterCause, outcome: 'won' | 'lost'): void {
    this.elections.inc({ cause, outcome });
  }

  /** `unknown`: a node of an earlier build became master. */
  countMasterChange(cause: MasterCause | 'unknown'): void {
    this.masterChanges.inc({ cause });
  }

  /**
   * Asks `figures` at every scrape from now on. Returns a function that ends this; after that no secondary is shown.
   */
  followTerm(figures: () => Promise<TermFigures>): () => void {
    const read = async (): Promise<void> => {
      const current = await figures();
      if (this.readTerm === read) this.showTerm(current);
    };
    this.readTerm = read;
    return () => {
      this.readTerm = () => Promise.resolve();
      this.showTerm({ secondaries: [], exposure: 0 });
    };
  }

  /** Shows these secondaries and no others. */
  private showTerm({ secondaries, exposure }: TermFigures): void {
    this.exposure.set(exposure);
    for (const gauge of [this.lagRecords, this.lagBytes, this.lagSeconds, this.states]) gauge.reset();
    for (const { nodeId: node, state, lag } of secondaries) {
      if (lag !== null) {
        this.lagRecords.set({ node }, lag.records);
        this.lagBytes.set({ node }, lag.bytes);
        this.lagSeconds.set({ node }, lag.ms / 1000);
      }
      for (const other of SECONDARY_STATES) this.states.set({ node, state: other }, other === state ? 1 : 0);
    }
  }

  /** Measures this log and shows this node from now on, in place of the previous ones. */
  follow(view: MeasuredNode, log: MeasuredLog): void {
    this.stopFollowing?.();
    let syncedRecords = log.stats.syncedRecords;
    this.stopFollowing = log.onDurable(() => {
      this.sync.observe(log.stats.lastSyncMs / 1000);
      this.syncBatch.observe(log.stats.syncedRecords - syncedRecords);
      syncedRecords = log.stats.syncedRecords;
    });
    this.readNode = () => {
      this.committedIndex.set(view.committed);
      this.lastIndex.set(log.last.index);
      this.durableIndex.set(log.durable.index);
      this.epoch.set(view.epoch);
      for (const state of STORAGE_STATES) this.storage.set({ state }, state === view.storage ? 1 : 0);
      const { sets, messages } = view.orphans.totals ?? { sets: Number.NaN, messages: Number.NaN };
      this.orphanSets.set(sets);
      this.orphanMessages.set(messages);
      this.isMaster.set(view.role === 'master' ? 1 : 0);
      this.info.reset();
      this.info.set({ node: view.nodeId, role: view.role }, 1);
    };
  }

  /** The text of `/metrics`. */
  async text(): Promise<string> {
    this.readNode();
    this.appendTally.handIn();
    this.requestTally.handIn();
    await this.readTerm();
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private readNode: () => void = () => undefined;
  private readTerm: () => Promise<void> = () => Promise.resolve();

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ ...this.to, name, help });
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ ...this.to, name, help });
  }

  private secondaryGauge(name: string, help: string): Gauge<'node'> {
    return new Gauge({ ...this.to, name, help, labelNames: ['node'] as const });
  }
}

export function createMetrics(): NodeMetrics {
  return new NodeMetrics();
}

/**
 * Builds a master's term from its parts, for production and simulation alike. Nothing runs before `begin`.
 */
import { ChainComparison } from '../health/chain-comparison.js';
import { HealthRounds } from '../health/health-rounds.js';
import { Pings } from '../health/pings.js';
import { Admissions } from '../registry/admissions.js';
import { ChangeCommit } from '../registry/change-commit.js';
import { FailoverPause } from '../registry/failover-pause.js';
import { MemberViews } from '../registry/member-views.js';
import { Registrar } from '../registry/registrar.js';
import { Removal } from '../registry/removal.js';
import { Secondaries } from '../registry/secondaries.js';
import { ConcernWaits } from '../replication/concern-waits.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { LagMeter } from '../replication/lag.js';
import { Links } from '../replication/links.js';
import { LogWriter } from '../replication/log-writer.js';
import { MajorityConfirmation } from '../replication/majority-confirmation.js';
import { Memberships } from '../replication/memberships.js';
import { WaitTimes } from '../replication/wait-times.js';
import { Transfer } from '../transfer/transfer.js';
import { AppendService } from '../writes/append.service.js';
import { IdempotencyService } from '../writes/idempotency.service.js';
import { LiveReceipts } from '../writes/live-receipt.js';
import { ReceiptService } from '../writes/receipt.service.js';
import { WriteAdmission } from '../writes/write-admission.js';
import { MasterTerm } from './master-term.js';
import type { HealthParts, RegistryParts, ReplicationParts, TermStart, WriteParts } from './master-term.js';
import type { MasterTermPorts } from './term-ports.js';

export function composeMasterTerm(ports: MasterTermPorts, start: TermStart): MasterTerm {
  const replication = composeReplication(ports);
  const registry = composeRegistry(ports, replication);
  return new MasterTerm(ports, start, {
    replication,
    registry,
    writes: composeWrites(ports, replication, registry),
    health: composeHealth(ports, replication, registry),
    transfer: new Transfer(ports, registry.secondaries, replication),
  });
}

function composeReplication(ports: MasterTermPorts): ReplicationParts {
  const { node, clock, metrics } = ports;
  const ledger = new CopyLedger(node, clock);
  const lag = new LagMeter(node.store, clock);
  const links = new Links(ports, ledger);
  const writer = new LogWriter(ports, ledger, lag, links);
  const memberships = new Memberships(ports, writer, ledger);
  const waitTimes = new WaitTimes(clock);
  const waits = new ConcernWaits(ledger, clock, metrics, waitTimes);
  const confirmation = new MajorityConfirmation(ports, ledger, links);
  return { ledger, lag, links, writer, memberships, waitTimes, waits, confirmation };
}

function composeRegistry(ports: MasterTermPorts, replication: ReplicationParts): RegistryParts {
  const { ledger, lag, links, memberships } = replication;
  const secondaries = new Secondaries(ports, links, ledger);
  const commit = new ChangeCommit(ports, secondaries, memberships);
  return {
    secondaries,
    registrar: new Registrar(ports, secondaries),
    admissions: new Admissions(ports, secondaries, memberships, ledger),
    removal: new Removal(ports.node, secondaries, memberships, commit),
    pause: new FailoverPause(ports, memberships, commit),
    views: new MemberViews(ports.node, secondaries, ledger, lag),
  };
}

function composeWrites(
  ports: MasterTermPorts,
  { ledger, writer, waits }: ReplicationParts,
  { secondaries }: RegistryParts,
): WriteParts {
  const { node, config } = ports;
  const idempotency = new IdempotencyService(node.store);
  const receipts = new ReceiptService(node.store, ledger, waits, node);
  const admission = new WriteAdmission(node, config, writer, secondaries, ledger, waits);
  const appends = new AppendService(ports, { writer, waits, idempotency, receipts, admission });
  return { appends, idempotency, receipts, admission, live: new LiveReceipts(ledger, node.store) };
}

function composeHealth(
  ports: MasterTermPorts,
  { ledger }: ReplicationParts,
  { secondaries }: RegistryParts,
): HealthParts {
  const chains = new ChainComparison(ports, secondaries, ledger);
  return { chains, rounds: new HealthRounds(ports, new Pings(ports, secondaries), chains) };
}

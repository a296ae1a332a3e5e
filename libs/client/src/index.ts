/** Replog for programs: append, read and follow a replicated log over HTTP, from Node.js and from a browser. */
export { connect } from './connect.js';
export type { Log } from './log.js';
export { BEGINNING, parsePlace, placeText } from './place.js';
export type { Place } from './place.js';
export { ERROR_TABLE } from './errors/error-table.js';
export type { ErrorCode, ErrorKind } from './errors/error-table.js';
export { errors } from './errors/errors.js';
export { HistoryChanged, KeyReused, OutcomeUnknown, Unreachable } from './errors/own-errors.js';
export type { Problem } from './errors/problem.js';
export { ReplogError } from './errors/replog-error.js';
export type {
  AppendManyOptions,
  AppendOptions,
  CallOptions,
  ConnectOptions,
  ReadOptions,
  ReceiptOptions,
  TailOptions,
  WaitOptions,
  WriteOptions,
} from './options.js';
export type { AppendedMany } from './writes/append-many.js';
export type { BatchReceipt, Receipt } from './writes/receipt.js';
export type {
  Ack,
  Cluster,
  Election,
  Failover,
  Member,
  MemberState,
  Message,
  Outcome,
  Preflight,
  ReadConcern,
  ReceiptConcern,
  StorageState,
  WriteConcern,
} from './views.js';

import { Module } from '@nestjs/common';
import { AppendFrames } from './append-frames.js';
import { CopyLedger } from './copy-ledger.js';
import { LagMeter } from './lag.js';
import { LogWriter } from './log-writer.js';
import { MembershipService } from './membership.service.js';
import { WaitTimes } from './wait-times.js';
import { WriteConcernService } from './write-concern.service.js';

const services = [AppendFrames, CopyLedger, LagMeter, LogWriter, MembershipService, WaitTimes, WriteConcernService];

/** The log of a master, its copies, and who waits for them. */
@Module({ providers: services, exports: services })
export class ReplicationModule {}

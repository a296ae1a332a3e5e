import { Module } from '@nestjs/common';
import { MasterTerms } from '../term/master-terms.js';
import { WriteConcernService } from './write-concern.service.js';

/** The log of a master and its copies: the terms of this node, and the write concerns in the current term. */
@Module({ providers: [MasterTerms, WriteConcernService], exports: [MasterTerms, WriteConcernService] })
export class ReplicationModule {}

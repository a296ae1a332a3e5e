import { Module } from '@nestjs/common';
import { PeerController } from './peer.controller.js';

@Module({ controllers: [PeerController] })
export class PeersModule {}

import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { HealthController } from './health.controller.js';
import { NodeIndicator } from './node.indicator.js';

@Module({
  // A node that is not ready says so where that begins; not again at every probe.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [NodeIndicator],
})
export class HealthcheckModule {}

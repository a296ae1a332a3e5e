import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { HealthController } from './health.controller.js';
import { NodeIndicator } from './node.indicator.js';

@Module({
  // The node logs once that it is not ready; not again at every probe.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [NodeIndicator],
})
export class HealthcheckModule {}

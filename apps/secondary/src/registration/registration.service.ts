/** Registers this node with a master whenever its role needs that, as long as the application runs. */
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import { Registration } from './registration.js';
import type { RegistrationPorts } from './registration-ports.js';

@Injectable()
export class RegistrationService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly registration: Registration;

  constructor(@Inject(NODE_PARTS) private readonly ports: RegistrationPorts) {
    this.registration = new Registration(ports);
  }

  onApplicationBootstrap(): void {
    this.registration.start();
  }

  /** Where `LEAVE_ON_STOP` says so. Call it before anything of this node stops. */
  async departIfConfigured(): Promise<void> {
    if (this.ports.config.leaveOnStop) await this.registration.depart();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.registration.stop();
  }
}

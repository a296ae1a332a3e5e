/** Registers this node with a master whenever its role needs that, as long as the application runs. */
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import { Registration } from './registration.js';
import type { RegistrationPorts } from './registration.js';

@Injectable()
export class RegistrationService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly registration: Registration;

  constructor(@Inject(NODE_PARTS) ports: RegistrationPorts) {
    this.registration = new Registration(ports);
  }

  onApplicationBootstrap(): void {
    this.registration.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.registration.stop();
  }
}

import { DEAF } from './master-hearing.js';
import type { HearingSettings } from './master-hearing.js';

/** What a node is told about elections when it is opened. */
export interface ElectionSettings extends HearingSettings {
  readonly priority: number;
}

/** It hears nobody and never becomes master by itself. */
export const UNSET: ElectionSettings = { ...DEAF, priority: 0 };

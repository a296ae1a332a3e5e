/** Secrets may come from a file, as containers mount them. Only one of a variable and its file may be set. */
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { ConfigFault } from './config-error.js';

const SECRETS = ['API_KEY', 'ADMIN_API_KEY', 'CLUSTER_SECRET'] as const;

/** The text of each variable that is set or has a default. */
export type Texts = Record<string, string | undefined>;

/** The texts; a secret with a `…_FILE` variable is read from that file. */
export function readSecretFiles(texts: Texts, faults: ConfigFault[]): Texts {
  const result = { ...texts };
  for (const name of SECRETS) {
    const path = texts[`${name}_FILE`];
    if (path === undefined) continue;
    if (texts[name] !== undefined) {
      faults.push({ variable: `${name}_FILE`, found: `set together with ${name}`, allowed: 'one of the two' });
      continue;
    }
    try {
      result[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.push({ variable: `${name}_FILE`, found: `"${path}" (${reason})`, allowed: 'the path of a readable file' });
    }
  }
  return result;
}

/**
 * 32 bytes for signing, from a secret of any length. They are bound to their use, so that they do not reveal the
 * secret.
 */
export function deriveClusterKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'replog', 'tokens between nodes', 32));
}

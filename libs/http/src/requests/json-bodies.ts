/**
 * The JSON object in the body of a request. It is read when the guards have let the request in, so nobody without a key
 * makes the node keep a body.
 */
import { Readable } from 'node:stream';

import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';

import { bodyLimitBytes } from './body-refusals.js';
import { InflightBodies } from './inflight-bodies.js';
import { parseJsonBody } from './parse-json-body.js';
import { readWhole } from './read-body.js';

/** A body that said it is JSON, not read yet. */
export class JsonBody {
  constructor(readonly stream: Readable) {}
}

@Injectable()
export class JsonBodies {
  private readonly maxBytes: number;

  constructor(
    @Inject(NODE_CONFIG) config: Pick<NodeConfig, 'maxMessageBytes'>,
    private readonly inflight: InflightBodies,
  ) {
    this.maxBytes = bodyLimitBytes(config);
  }

  /**
   * Takes what Fastify has of the body. A missing body counts as an empty object, so that the error names the missing
   * field. Rejects with ReplogError UNSUPPORTED_MEDIA_TYPE, MESSAGE_TOO_LARGE, OVERLOADED or INVALID_BODY.
   */
  async readObject(body: unknown): Promise<object> {
    const bytes = await this.read(body);
    return bytes === null ? {} : parseObject(bytes);
  }

  /** The same for a route that takes no body, where an empty one is none. */
  async readOptional(body: unknown): Promise<object> {
    const bytes = await this.read(body);
    return bytes === null || bytes.length === 0 ? {} : parseObject(bytes);
  }

  /** The bytes of a body that goes on to the master; `null` without one. Rejects as `readObject`. */
  async bytesOf(body: unknown): Promise<Buffer | null> {
    return Buffer.isBuffer(body) ? body : this.read(body);
  }

  private async read(body: unknown): Promise<Buffer | null> {
    if (body === undefined || body === null) return null;
    if (!(body instanceof JsonBody)) {
      throw new ReplogError('UNSUPPORTED_MEDIA_TYPE', 'This route takes a body of application/json.');
    }
    const bytes = await readWhole(body.stream, this.maxBytes, this.inflight);
    if (bytes === null) throw new ReplogError('INVALID_BODY', 'The connection ended before the body did.');
    return bytes;
  }
}

function parseObject(bytes: Buffer): object {
  const value = parseJsonBody(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ReplogError('INVALID_BODY', 'The body must be a JSON object.');
  }
  return value;
}

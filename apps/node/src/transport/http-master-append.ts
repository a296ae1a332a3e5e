import type { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { ErrorCode } from '@replog/contracts/error-kinds.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { BatchReceipt } from '@replog/contracts/views.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { AppendedLines, MasterAppend, ReappendLine } from '@replog/cluster/orphans/master-append.port.js';

const OPEN = Buffer.from('{"message":');

/** The receipt of some hundred messages, with those that were there before. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export class HttpMasterAppend implements MasterAppend {
  constructor(
    private readonly http: HttpService,
    private readonly config: Pick<NodeConfig, 'apiKey' | 'writeConcernTimeoutMs'>,
    /** The cluster of this node; `null` before it has joined one. */
    private readonly clusterId: () => string | null,
  ) {}

  async append(masterUrl: string, lines: readonly ReappendLine[]): Promise<AppendedLines> {
    const body = Buffer.concat(lines.flatMap(({ key, payload }) => [OPEN, payload, keyed(key)]));
    const clusterId = this.clusterId();
    const options = {
      headers: {
        [HEADERS.apiKey]: this.config.apiKey,
        'content-type': MEDIA.ndjson,
        ...(clusterId === null ? {} : { [HEADERS.cluster]: clusterId }),
      },
      timeout: 2 * this.config.writeConcernTimeoutMs,
      maxContentLength: MAX_ANSWER_BYTES,
      // No node compresses, and a few bytes could become very many.
      decompress: false,
    };
    const sent = this.http.post<BatchReceipt & Problem>(`${masterUrl}/messages/majority`, body, options);
    const answer = await firstValueFrom(sent).catch((error: unknown) => {
      throw silent(masterUrl, error);
    });
    if (answer.status === 200 || answer.status === 201) {
      const { appended, duplicates } = answer.data;
      return { appended, duplicates: duplicates.length };
    }
    if (answer.status === 202) throw pending(answer.data);
    throw asError(answer.data, answer.status);
  }
}

function keyed(key: string): Buffer {
  return Buffer.from(`,"key":${JSON.stringify(key)}}\n`);
}

function pending({ lastSeq }: BatchReceipt): ReplogError {
  return new ReplogError(
    'NO_QUORUM',
    `The messages are in the master's log up to ${lastSeq}, but no majority has them yet. Repeat this: it appends nothing twice.`,
    { retryAfterS: 1 },
  );
}

function silent(masterUrl: string, cause: unknown): ReplogError {
  const sentence = `The master at ${masterUrl} did not answer. Repeat this: it appends nothing twice.`;
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1, cause });
}

function asError(problem: Problem, status: number): ReplogError {
  const isKnown = typeof problem === 'object' && problem !== null && problem.code in ERROR_KINDS;
  if (!isKnown)
    return new ReplogError('NO_MASTER', `The master answered ${status}. Try again shortly.`, { retryAfterS: 1 });
  const { detail, line } = problem;
  return new ReplogError(problem.code as ErrorCode, detail, { retryAfterS: 1, extra: { line } });
}

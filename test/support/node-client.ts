/** A node's HTTP API as tests use it: plain requests, typed answers, nothing hidden. */
import { HEADERS } from '@replog/contracts/http.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { BatchReceipt, ClusterView, MemberView, MessageView, Receipt } from '@replog/contracts/views.js';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface AppendOptions {
  readonly timeoutMs?: number;
  readonly key?: string;
}

export class NodeClient {
  constructor(
    readonly url: string,
    private readonly apiKey: string,
    /** After so long without a whole answer a request is given up; `null`: never. */
    private readonly patienceMs: number | null = null,
  ) {}

  /** Any request, with the key unless `headers` say otherwise. Redirects are not followed. */
  async request<Body>(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      ...(this.patienceMs === null ? {} : { signal: AbortSignal.timeout(this.patienceMs) }),
      headers: { [HEADERS.apiKey]: this.apiKey, ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body as NonNullable<RequestInit['body']> }),
    });
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as Body,
    };
  }

  get<Body>(path: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.request<Body>('GET', path, { headers });
  }

  append(
    message: unknown,
    concern: number | string,
    { timeoutMs, key }: AppendOptions = {},
  ): Promise<Answer<Receipt & Problem>> {
    return this.request('POST', `/messages/${concern}${timeoutMs === undefined ? '' : `?timeout=${timeoutMs}`}`, {
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify({ message }),
    });
  }

  appendBatch(messages: readonly unknown[], concern: number | string): Promise<Answer<BatchReceipt & Problem>> {
    return this.appendLines(
      messages.map((message) => ({ message })),
      concern,
    );
  }

  /** A batch whose lines carry keys of their own. */
  appendLines(
    lines: readonly { readonly message: unknown; readonly key?: string }[],
    concern: number | string,
    timeoutMs?: number,
  ): Promise<Answer<BatchReceipt & Problem>> {
    return this.request('POST', `/messages/${concern}${timeoutMs === undefined ? '' : `?timeout=${timeoutMs}`}`, {
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
  }

  async messages(query = ''): Promise<readonly MessageView[]> {
    const { status, body } = await this.get<{ data: MessageView[] }>(`/messages${query}`);
    if (status !== 200) throw new Error(`GET /messages answered ${status}: ${JSON.stringify(body)}`);
    return body.data;
  }

  async cluster(): Promise<ClusterView> {
    return (await this.get<ClusterView>('/cluster')).body;
  }

  async secondaries(): Promise<readonly MemberView[]> {
    const { status, body } = await this.get<{ data: MemberView[] }>('/secondaries');
    if (status !== 200) throw new Error(`GET /secondaries answered ${status}`);
    return body.data;
  }

  async isReady(): Promise<boolean> {
    return (await this.get('/healthcheck/ready')).status === 200;
  }
}

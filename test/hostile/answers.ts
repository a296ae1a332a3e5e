/** Takes the bytes of a connection apart into the answers they hold. Strict: what a client could misread is a fault. */

export interface HostileAnswer {
  readonly status: number;
  /** Names in lower case; of one that came twice, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface Parsed {
  /** Whole answers, in order. Interim ones (1xx) are left out, but for 101. */
  readonly answers: readonly HostileAnswer[];
  /** Bytes of an answer that has not come to its end. */
  readonly rest: Buffer;
  /** Why the bytes are no HTTP; `null` while they may be. */
  readonly fault: string | null;
}

const HEAD_END = '\r\n\r\n';

/** `isOver`: nothing more comes, so an answer without a length ends here. */
export function parseAnswers(bytes: Buffer, isOver: boolean): Parsed {
  const answers: HostileAnswer[] = [];
  for (let rest = bytes; ;) {
    const found = firstAnswer(rest, isOver);
    if (found === null || typeof found === 'string') return { answers, rest, fault: found };
    const { answer, length } = found;
    rest = rest.subarray(length);
    if (answer.status >= 200 || answer.status === 101) answers.push(answer);
    // From here on the bytes are no HTTP.
    if (answer.status === 101) return { answers, rest, fault: null };
  }
}

interface Found {
  readonly answer: HostileAnswer;
  /** With its head. */
  readonly length: number;
}

/** `null`: not whole yet. A sentence: what is wrong with it. */
function firstAnswer(bytes: Buffer, isOver: boolean): Found | string | null {
  if (bytes.length === 0) return null;
  const start = bytes.subarray(0, 9).toString('latin1');
  if (!'HTTP/1.1 '.startsWith(start)) return `an answer begins with ${JSON.stringify(start)}`;
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return `a status line is ${JSON.stringify(statusLine)}`;
  const headers = new Map(lines.map((line) => [nameIn(line), line.slice(line.indexOf(':') + 1).trim()]));
  const body = bodyAfter(bytes.subarray(headEnd + HEAD_END.length), status, headers, isOver);
  if (body === null || typeof body === 'string') return body;
  return { answer: { status, headers, body: body.bytes }, length: headEnd + HEAD_END.length + body.length };
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

interface Body {
  readonly bytes: Buffer;
  /** As it was sent. */
  readonly length: number;
}

function bodyAfter(
  bytes: Buffer,
  status: number,
  headers: ReadonlyMap<string, string>,
  isOver: boolean,
): Body | string | null {
  if (status < 200 || status === 204 || status === 304) return { bytes: Buffer.alloc(0), length: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return chunksOf(bytes);
  const length = headers.get('content-length');
  if (length === undefined) return isOver ? { bytes, length: bytes.length } : null;
  if (!/^\d+$/.test(length)) return `an answer has the length ${JSON.stringify(length)}`;
  return bytes.length < Number(length) ? null : { bytes: bytes.subarray(0, Number(length)), length: Number(length) };
}

function chunksOf(bytes: Buffer): Body | string | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (Number.isNaN(size)) return 'a chunk of an answer has no size';
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return null;
    if (size === 0) return { bytes: Buffer.concat(chunks), length: end + 2 };
    chunks.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}

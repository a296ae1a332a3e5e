/** HTTP as bytes on a socket, for requests that no client library would send, and answers with every header as it came. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case, in the order they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Sends the pieces in packets of their own and reads to the end of the connection, which the requests have to ask for. */
export function sendRaw(url: string, pieces: readonly (string | Buffer)[]): Promise<readonly RawAnswer[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(parseAnswers(Buffer.concat(chunks).toString('latin1')));
    });
    void writeAll(pieces, (piece) => new Promise((done) => socket.write(piece, () => setImmediate(done))));
  });
}

/** Sends each request when the answer to the one before it has come, all on one connection; all answers have a length. */
export async function sendInTurn(url: string, requests: readonly Buffer[]): Promise<readonly RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const answers: RawAnswer[] = [];
  try {
    for (const request of requests) {
      socket.write(request);
      let heard = '';
      while (!isWhole(heard)) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        heard += chunk.toString('latin1');
      }
      answers.push(...parseAnswers(heard));
    }
  } finally {
    socket.destroy();
  }
  return answers;
}

function isWhole(text: string): boolean {
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
  return length !== undefined && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length);
}

async function writeAll(
  pieces: readonly (string | Buffer)[],
  write: (piece: string | Buffer) => Promise<unknown>,
): Promise<void> {
  for (const piece of pieces) await write(piece);
}

/** Answers without a length (1xx) have no body; chunked ones are not taken apart. */
function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < text.length;) {
    const headEnd = text.indexOf('\r\n\r\n', at) + 4;
    const [statusLine = '', ...lines] = text.slice(at, headEnd - 4).split('\r\n');
    const headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    const status = Number(statusLine.split(' ')[1]);
    const length = headers.find(([name]) => name === 'content-length')?.[1];
    const end = status < 200 ? headEnd : length === undefined ? text.length : headEnd + Number(length);
    answers.push({ status, headers, body: Buffer.from(text.slice(headEnd, end), 'latin1').toString() });
    at = end;
  }
  return answers;
}

/** The little of HTTP/1.1 that repeating one POST on an open connection takes. Pure: text out, text in. */
import type { Protocol } from './protocols.js';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function httpProtocol({ url, headers, body }: HttpRequest): Protocol {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const request = `POST ${pathname}${search} HTTP/1.1\r\n${head}\r\n${body}`;
  return {
    greeting: () => '',
    request: () => request,
    judge: (heard) => {
      const headEnd = heard.indexOf('\r\n\r\n');
      if (headEnd < 0) return { outcome: 'incomplete' };
      const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(heard.slice(0, headEnd + 2))?.[1];
      // The end of an answer without a length would have to be looked for: nobody who is measured gives one.
      if (length === undefined) return { outcome: 'failed' };
      if (heard.length < headEnd + 4 + Number(length)) return { outcome: 'incomplete' };
      return { outcome: /^HTTP\/1\.1 2\d\d /.test(heard) ? 'stored' : 'failed' };
    },
  };
}

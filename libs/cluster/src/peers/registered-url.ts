import type { RegisterRequest } from '@replog/contracts/http.js';

/** The address of a registering node: the one it names, or the source address of its request. */
export function registeredUrl(request: Pick<RegisterRequest, 'url' | 'port'>, remoteAddress: string): string {
  if (request.url !== undefined) return request.url.replace(/\/+$/, '');
  const address = remoteAddress.replace(/^::ffff:/, '');
  return `http://${address.includes(':') ? `[${address}]` : address}:${request.port}`;
}

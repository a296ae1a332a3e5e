import type { RegisterRequest } from '@replog/contracts/http.js';

/** Where a registering node is reached: where it says, else where its request came from. */
export function registeredUrl(request: RegisterRequest, remoteAddress: string): string {
  if (request.url !== undefined) return request.url.replace(/\/+$/, '');
  const address = remoteAddress.replace(/^::ffff:/, '');
  return `http://${address.includes(':') ? `[${address}]` : address}:${request.port}`;
}

/** A URL for logs and sentences: what a client puts behind the path is its own matter, such as a key in the wrong place. */
export function pathOnly(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** Path and query. A request line may hold a whole URL (RFC 9112, section 3.2.2); its host is not repeated. */
export function pathOf(url: string): string {
  if (url.startsWith('/') || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

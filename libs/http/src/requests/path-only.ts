/** A URL for logs and sentences: what a client puts behind the path is its own matter, such as a key in the wrong place. */
export function pathOnly(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

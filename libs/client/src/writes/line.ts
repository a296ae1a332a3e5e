/** A message as it is sent: a JSON object on one line. Its key is in it, and not in a header, which would trim it. */
export function lineOf(message: unknown, key: string): string {
  const text = JSON.stringify(message) as string | undefined;
  if (text === undefined) throw new TypeError(`A message has to be a JSON value: ${typeof message} is none.`);
  return `{"key":${JSON.stringify(key)},"message":${text}}`;
}

const MAX_LENGTH = 60;

/** What was sent, for a sentence: as JSON, cut where it is long. */
export function quote(raw: string | readonly string[]): string {
  const text = JSON.stringify(raw);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** The address of the node that a `Location` leads to; `null` if it leads nowhere. */
export function originOf(location: string): string | null {
  return URL.canParse(location) ? new URL(location).origin : null;
}

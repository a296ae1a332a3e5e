/** Readers that cost next to nothing: curl, and a program that counts lines. */
import { HEADERS } from '@replog/contracts/http.js';
import { API_KEY } from '../../test/support/cluster.js';
import { outputOf, programOf } from '../load/command.js';

/** Reads `url` as `media` and answers how many lines match; a live tail is left after `seconds`. */
export async function countLines(url: string, media: string, pattern: string, seconds = 0): Promise<number> {
  const curl = [programOf('curl'), '--silent', '--fail', '--no-buffer', '--max-time', String(seconds)];
  const headers = ['--header', `accept: ${media}`, '--header', `${HEADERS.apiKey}: ${API_KEY}`];
  // grep ends with 1 where it found none, which is a number like any other.
  const counted = await outputOf('sh', ['-c', '"$@" | grep -c "$PATTERN"', 'sh', ...curl, ...headers, url], {
    env: { ...process.env, PATTERN: pattern, LC_ALL: 'C' },
    allowed: [0, 1],
  });
  return Number(counted.trim());
}

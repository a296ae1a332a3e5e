import { expect, it } from 'vitest';
import { WITHOUT_MASTER, wayOut } from './way-out.js';

it('the way out of a lost majority names the command, the node to send it to, and what tells the loss beforehand', () => {
  expect(wayOut('n2')).toMatch(/POST \/cluster\/promote with \{"force": true\} at n2 .*"dryRun": true.* may be lost/);
});

it('without a master, the way out is its start or a promotion, because nobody takes its place unasked', () => {
  expect(WITHOUT_MASTER).toMatch(
    /FAILOVER=auto .* elect .* start the node that was master again, or .* POST \/cluster\/promote/,
  );
});

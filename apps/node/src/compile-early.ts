/**
 * A node runs few functions, and those for as long as it lives. V8 waits with compiling a function until it has run for a
 * while, which is right for a page and wrong for a log: at one client it took a node thousands of writes to get to its pace.
 * So code is compiled simply when it first runs, and well a sixth as late. Both are switches of when, not of what.
 */
import { setFlagsFromString } from 'node:v8';

/** What V8 does on its own is 132 KiB. */
const INTERRUPT_BUDGET_BYTES = 20_000;

export function compileEarly(): void {
  setFlagsFromString('--always-sparkplug');
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
}

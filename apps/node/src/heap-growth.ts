/**
 * How far the heap may grow before it is collected as a whole. V8 decides that by how fast objects get old, and is wrong
 * about a node in both ways: with hundreds of writes under way it lets the garbage they leave become four times what is
 * alive, and with batches, which are a few objects and many bytes beside the heap, it collects after every eight
 * megabytes of them. A little more than twice what is alive is room enough for both (decision 0010 has the figures).
 *
 * Set here and not on a command line, so that a node is the same however it is started.
 */
import { setFlagsFromString } from 'node:v8';

const GROWING_PERCENT = 125;

export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}

import 'reflect-metadata';
import { runNode } from '@replog/node/run-node.js';

await runNode('secondary');

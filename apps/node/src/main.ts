import 'reflect-metadata';
import { runNode } from './run-node.js';

await runNode();

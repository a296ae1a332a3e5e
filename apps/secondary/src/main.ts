import 'reflect-metadata';
import { runNode } from '@replog/node';

await runNode('secondary');

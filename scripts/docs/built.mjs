/** What the pages are made from: the build, so that they say what the nodes do. */
import { pathToFileURL } from 'node:url';
import { inProject } from '../lib/project.mjs';

export const built = (...path) => import(pathToFileURL(inProject('dist', ...path)).href);

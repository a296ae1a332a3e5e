/** `npm run build`, and the first half of `npm start` and `npm run start:master`: installs and bundles what is missing. */
import { prepare } from './lib/prepare.mjs';
import { runMain } from './lib/project.mjs';

await runMain(prepare);

/**
 * The build before this one, with which this one has to form a cluster. `test/earlier-build.json` names its commit;
 * `null` stands for this build itself: no other one speaks its words yet.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { THIS_BUILD } from './node-process.js';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const RECORDED = fileURLToPath(new URL('../earlier-build.json', import.meta.url));

const execute = promisify(execFile);

/** The bundle of its nodes. Made once from the history of this repository, which takes minutes. */
export async function earlierBuild(): Promise<string> {
  const { commit } = JSON.parse(readFileSync(RECORDED, 'utf8')) as { commit: string | null };
  return commit === null ? THIS_BUILD : buildOf(commit);
}

export async function buildOf(commit: string): Promise<string> {
  // Not below node_modules: what lies there is not compiled by our settings.
  const folder = `${PROJECT}dist/builds/${commit}`;
  const bundle = `${folder}/dist/bundle/node.js`;
  if (existsSync(bundle)) return bundle;
  if (!existsSync(`${folder}/package.json`)) {
    // Forced, because a copy that was removed by hand is still registered.
    await execute('git', ['worktree', 'add', '--detach', '--force', folder, commit], { cwd: PROJECT });
  }
  await execute('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  await execute('npm', ['run', 'build'], { cwd: folder });
  return bundle;
}

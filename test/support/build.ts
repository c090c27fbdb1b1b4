import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = join(fileURLToPath(import.meta.url), '../../..');

const BUILD_MS_MAX = 120_000;

/** Which run of the specs has built `dist` last, by the address of its Postgres, which no two share. */
const BUILT_BY = `${root}/dist/.built-by`;

/**
 * Builds what is not up to date in `dist`, as `npm run build` does, once in a run of the specs. They run side by side and build
 * into one folder, so they take turns.
 */
export async function build(): Promise<void> {
  const lock = `${root}/dist/.building`;
  const run = process.env['PURSER_TEST_DATABASE_URL'] ?? '';
  await mkdir(`${root}/dist`, { recursive: true });
  while (!(await takes(lock))) await sleep(50);
  try {
    if (run !== '' && (await readFile(BUILT_BY, 'utf8').catch(() => '')) === run) return;
    const compiler = `${root}/node_modules/typescript/bin/tsc`;
    await promisify(execFile)(process.execPath, [compiler, '-b', `${root}/apps/cli`], { cwd: root });
    await writeFile(BUILT_BY, run);
  } finally {
    await rm(lock, { recursive: true });
  }
}

async function takes(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    // Node's errors are made outside of the specs' realm, where `Error` is another class.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const takenAt = (await stat(lock).catch(() => null))?.mtimeMs ?? Date.now();
    // Its owner was killed.
    if (Date.now() - takenAt > BUILD_MS_MAX) await rm(lock, { recursive: true, force: true });
    return false;
  }
}

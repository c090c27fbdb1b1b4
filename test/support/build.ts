import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = join(fileURLToPath(import.meta.url), '../../..');

const BUILD_MS_MAX = 120_000;

/**
 * Builds what is not up to date in `dist`, as `npm run build` does. Specs run side by side and build into one folder, so
 * they take turns.
 */
export async function build(): Promise<void> {
  const lock = `${root}/dist/.building`;
  await mkdir(`${root}/dist`, { recursive: true });
  while (!(await takes(lock))) await sleep(50);
  try {
    const compiler = `${root}/node_modules/typescript/bin/tsc`;
    await promisify(execFile)(process.execPath, [compiler, '-b', `${root}/apps/cli`], { cwd: root });
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

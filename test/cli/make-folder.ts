import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes an empty folder of a spec's own. An embedded Postgres of root's, which runs as another user, can reach what is in
 * it.
 * @returns its path without links, as messages name it
 */
export async function makeFolder(name: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `purser-${name}-`)));
  await chmod(folder, 0o755);
  return folder;
}

import { chown, writeFile } from 'node:fs/promises';
import type { ServerUser } from './server-user.ts';

/**
 * Writes a file that only its owner can read. What root writes is given to the user that Postgres runs as, so that the
 * whole data folder has one owner, who can also start the service without root.
 */
export async function writeFileFor(user: ServerUser | null, path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  if (user !== null) await chown(path, user.uid, user.gid);
}

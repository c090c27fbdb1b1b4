import { randomBytes, randomUUID } from 'node:crypto';
import { chown, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'secrets-key';
const KEY_BYTES = 32;

interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The key of a service that keeps its data in this folder, beside what it encrypts: made once, readable by its user alone.
 *
 * @param owner who owns the folder's files, where that isn't this process's user; then the key becomes theirs
 * @throws Error where the folder can't be written, or the file isn't what was written there
 */
export async function keptSecretsKey(dataDir: string, owner: FileOwner | null = null): Promise<Buffer> {
  const path = join(dataDir, FILE);
  const text = (await readIfAny(path)) ?? (await makeOnce(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`));
  if (owner) await chown(path, owner.uid, owner.gid);
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${path} is damaged: it must be 32 bytes in base64. Restore it.`);
  return key;
}

async function readIfAny(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Makes a file unless there is one. Nobody finds it half written, not even a process that starts at the same moment.
 *
 * @returns what is in it
 */
async function makeOnce(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}

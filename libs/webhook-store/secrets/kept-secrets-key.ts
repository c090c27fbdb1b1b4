import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'secrets-key';
const KEY_BYTES = 32;

/**
 * The key of a service that keeps its data in this folder, beside what it encrypts: made once, readable by its user alone.
 *
 * @throws Error where the folder can't be written, or the file isn't what was written there
 */
export async function keptSecretsKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, FILE);
  try {
    await writeFile(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${path} is damaged: it must be 32 bytes in base64. Restore it.`);
  return key;
}

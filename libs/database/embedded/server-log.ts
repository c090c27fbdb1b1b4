import { chown, copyFile, open, rename, stat, truncate, type FileHandle } from 'node:fs/promises';
import { isErrno } from './is-errno.ts';
import type { ServerUser } from './server-user.ts';

const SIZE_MAX_BYTES = 10_000_000;
const TAIL_BYTES = 4_000;
const TAIL_LINES = 12;

/** Postgres's log, open for a server to write to. */
export interface ServerLog {
  readonly file: FileHandle;
  /** The last lines written since it was opened. */
  tail(): Promise<string>;
}

/** Opens the log. A large one is moved aside first, in place of the one moved aside before. */
export async function openServerLog(path: string, user: ServerUser | null): Promise<ServerLog> {
  const size = await sizeOf(path);
  const isLarge = size > SIZE_MAX_BYTES;
  if (isLarge) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  if (user !== null) await chown(path, user.uid, user.gid);
  const begin = isLarge ? 0 : size;
  return { file, tail: () => readTail(path, begin) };
}

/**
 * Keeps the log of a running server within about twice its largest size: a large one is copied aside and emptied. The server
 * has the file open, and goes on at its beginning. A line that it writes between the two is lost.
 */
export async function boundServerLog(path: string, user: ServerUser | null): Promise<void> {
  if ((await sizeOf(path)) <= SIZE_MAX_BYTES) return;
  const aside = `${path}.1`;
  try {
    await copyFile(path, aside);
    if (user !== null) await chown(aside, user.uid, user.gid);
  } catch (error) {
    // No room for a copy: what counts is that the log takes no more.
    if (!isErrno(error, 'ENOSPC', 'EDQUOT')) throw error;
  }
  await truncate(path);
}

async function readTail(path: string, begin: number): Promise<string> {
  const from = Math.max(begin, (await sizeOf(path)) - TAIL_BYTES);
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position: from });
  return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-TAIL_LINES).join('\n');
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}

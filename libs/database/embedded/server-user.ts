import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { DatabaseError } from '../database-error.ts';
import { isErrno } from './is-errno.ts';

/** The user that Postgres runs as where this process is root, which Postgres refuses to run as. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

const run = promisify(execFile);

/** Whom to run Postgres as: null for this process's own user, if that isn't root. The owner of existing data goes first. */
export async function findServerUser(cluster: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  return (await ownerOf(cluster)) ?? (await lookUp()) ?? (await create());
}

async function ownerOf(path: string): Promise<ServerUser | null> {
  try {
    const { uid, gid } = await stat(path);
    return uid === 0 ? null : { name: `uid ${uid}`, uid, gid };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

async function lookUp(): Promise<ServerUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { name: NAME, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    if (hasExited(error)) return null;
    throw error;
  }
}

async function create(): Promise<ServerUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    await run('useradd', [...options, '--shell', '/usr/sbin/nologin', NAME]);
  } catch (error) {
    // Another start may have made the user in between, so the look-up below has the last word.
    if (!hasExited(error) && !isErrno(error, 'ENOENT')) throw error;
  }
  const user = await lookUp();
  if (user !== null) return user;
  throw new DatabaseError(
    `Postgres refuses to run as root, and the user '${NAME}' doesn't exist and couldn't be made. Make it (useradd --system ` +
      `${NAME}), start as another user than root, or set DATABASE_URL to use another Postgres.`,
  );
}

/** Whether a command ran and ended with a failure of its own. */
function hasExited(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number';
}

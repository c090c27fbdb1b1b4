import { access, chown, constants, mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import { reasonOf } from '../reason-of.ts';
import { isErrno } from './is-errno.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

/** What the data folder holds, by absolute path. */
export interface DataFolder {
  readonly root: string;
  /** Postgres's own data directory. */
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
  /** Says which process has the folder. */
  readonly service: string;
}

/** The paths of a data folder, which need not exist. Links are followed, so that one folder has one name. */
export async function dataFolder(dataDir: string): Promise<DataFolder> {
  const root = await resolveLinks(dataDir);
  return {
    root,
    cluster: join(root, 'postgres'),
    password: join(root, 'postgres.password'),
    log: join(root, 'postgres.log'),
    service: join(root, 'service.json'),
  };
}

/** Makes the folder. @throws DatabaseError where that fails, or it is there and this user can't write to it. */
export async function makeDataFolder(dataDir: string): Promise<DataFolder> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DatabaseError(
      `Can't write to the data folder: ${reasonOf(error)}. If another user has started Purser here before (root, perhaps), ` +
        `start as that user; otherwise set PURSER_DATA_DIR to a folder you can write to.`,
      { cause: error },
    );
  }
  return dataFolder(dataDir);
}

/** Lets the user that Postgres runs as into the folder. @throws DatabaseError where that user can't reach it. */
export async function openToServerUser({ root }: DataFolder, user: ServerUser): Promise<void> {
  // An empty folder is surely Purser's own to give; one with something in it may be anybody's.
  if ((await readdir(root)).length === 0) await chown(root, user.uid, user.gid);
  try {
    await runProgram('/bin/sh', ['-c', 'cd "$1"', 'purser', root], { user });
  } catch (error) {
    throw new DatabaseError(
      `Postgres refuses to run as root, and the user '${user.name}' it runs as instead can't enter the data folder ${root}. ` +
        `Set PURSER_DATA_DIR to a folder outside of private ones such as /root (e.g. PURSER_DATA_DIR=/var/lib/purser), ` +
        `start as another user than root, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return path;
    throw error;
  }
}

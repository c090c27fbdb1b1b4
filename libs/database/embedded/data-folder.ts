import { access, chown, constants, mkdir, readdir, realpath, stat } from 'node:fs/promises';
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

/** What Purser keeps in a data folder, or how the names of its unfinished files begin. */
const OWN_NAMES = ['postgres', 'service.json', 'secrets-key'];
/** What may lie in a folder that was made for Purser. */
const IGNORED = /^\.|^lost\+found$/;

/** Makes the folder. @throws DatabaseError where that fails, or it is there and isn't this user's data folder. */
export async function makeDataFolder(dataDir: string): Promise<DataFolder> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    if (isErrno(error, 'EEXIST', 'ENOTDIR')) throw notAFolder(dataDir, error);
    throw notWritable(error);
  }
  const folder = await dataFolder(dataDir);
  try {
    await access(folder.root, constants.W_OK | constants.X_OK);
    await refuseForeign(folder);
  } catch (error) {
    throw error instanceof DatabaseError ? error : notWritable(error);
  }
  await refuseUnreadable(folder);
  return folder;
}

/** Purser makes its files among nobody else's: a name may be taken, and whoever clears the folder would delete the books. */
async function refuseForeign({ root }: DataFolder): Promise<void> {
  const names = await readdir(root);
  if (names.includes('PG_VERSION')) {
    throw new DatabaseError(
      `PURSER_DATA_DIR=${root} is the data directory of a Postgres server. To use that server, set DATABASE_URL to it; for the ` +
        `embedded Postgres, set PURSER_DATA_DIR to a folder of its own.`,
    );
  }
  const foreign = names.filter((name) => !IGNORED.test(name));
  if (foreign.length === 0 || foreign.some(isOwn)) return;
  throw new DatabaseError(
    `PURSER_DATA_DIR=${root} isn't a data folder of Purser's: there is ${foreign.slice(0, 3).join(', ')} in it. Set it to a new ` +
      `or an empty folder (e.g. PURSER_DATA_DIR=${join(root, 'purser')}).`,
  );
}

/**
 * What was made by another user (root, perhaps) is only theirs to read, and Postgres runs only as the owner of its data.
 * @throws DatabaseError where there is something of another user's
 */
export async function refuseUnreadable({ root }: DataFolder): Promise<void> {
  if (process.getuid?.() === 0) return;
  for (const name of (await namesIn(root)).filter(isOwn)) {
    const path = join(root, name);
    try {
      await access(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue;
      const { uid } = await stat(path);
      throw new DatabaseError(
        `${path} belongs to another user (uid ${uid}), who has started Purser here before. Start as that user or as root, give ` +
          `the folder to this user (chown -R ${process.getuid?.()} ${root}), or set PURSER_DATA_DIR to another folder.`,
        { cause: error },
      );
    }
  }
}

async function namesIn(root: string): Promise<string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw notWritable(error);
  }
}

function isOwn(name: string): boolean {
  return OWN_NAMES.some((own) => name === own || name.startsWith(`${own}.`));
}

function notAFolder(dataDir: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    `PURSER_DATA_DIR=${dataDir} leads to a file, and has to be a folder. Set it to a new or an empty folder.`,
    { cause },
  );
}

function notWritable(cause: unknown): DatabaseError {
  return new DatabaseError(
    `Can't write to the data folder: ${reasonOf(cause)}. If another user has started Purser here before (root, perhaps), ` +
      `start as that user; otherwise set PURSER_DATA_DIR to a folder you can write to.`,
    { cause },
  );
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

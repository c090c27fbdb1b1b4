import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import type { DataFolder } from './data-folder.ts';
import { isErrno } from './is-errno.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';
import { writeFileFor } from './write-file-for.ts';

const MAJOR_VERSION = '18';

/** The role the service connects as, and its database. The role owns the database and isn't a superuser. */
const DATABASE_NAME = 'purser';

/**
 * Makes Postgres's data directory if there is none yet. It is made beside its place and moved there when complete, so that
 * an interrupted start leaves nothing half done.
 */
export async function createClusterIfMissing(
  folder: DataFolder,
  binaries: PostgresBinaries,
  user: ServerUser | null,
): Promise<void> {
  if (await hasCluster(folder)) return;
  await removeUnfinished(folder);
  const unfinished = `${folder.cluster}.unfinished-${randomUUID()}`;
  await mkdir(unfinished, { mode: 0o700 });
  if (user !== null) await chown(unfinished, user.uid, user.gid);
  await runProgram(binaries.initdb, initdbArguments(unfinished), { user });
  const password = await readOrMakePassword(folder, user);
  await runProgram(binaries.postgres, singleUserArguments(unfinished), {
    user,
    input: [
      `CREATE ROLE ${DATABASE_NAME} LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
      `CREATE DATABASE ${DATABASE_NAME} OWNER ${DATABASE_NAME}`,
    ],
  });
  await rename(unfinished, folder.cluster);
}

/** The password of the service's role. @throws DatabaseError where its file is gone. */
export async function readPassword(folder: DataFolder): Promise<string> {
  const password = await readIfThere(folder.password);
  if (password !== null) return password.trim();
  throw new DatabaseError(
    `${folder.password} is missing, and without it the data in ${folder.cluster} can't be opened. Put it back from a copy, ` +
      `or set PURSER_DATA_DIR to another folder to begin anew.`,
  );
}

/** How the service connects to a server on this port. */
export function databaseUrl(password: string, port: number): string {
  return `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`;
}

async function hasCluster(folder: DataFolder): Promise<boolean> {
  let version;
  try {
    version = await readIfThere(join(folder.cluster, 'PG_VERSION'));
  } catch (error) {
    if (!isErrno(error, 'EACCES')) throw error;
    throw new DatabaseError(
      `The data in ${folder.cluster} belongs to another user (it may have been started as root first). Start as that user or ` +
        `as root, or set PURSER_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  if (version === null || version.trim() === MAJOR_VERSION) return version !== null;
  throw new DatabaseError(
    `The data in ${folder.cluster} is of Postgres ${version.trim()}, and this Purser brings Postgres ${MAJOR_VERSION}. Export it ` +
      `with the version that made it (purser export), and import it into a new folder (PURSER_DATA_DIR).`,
  );
}

async function removeUnfinished(folder: DataFolder): Promise<void> {
  const prefix = `${basename(folder.cluster)}.unfinished-`;
  for (const name of await readdir(folder.root)) {
    if (name.startsWith(prefix)) await rm(join(folder.root, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The password is on disk before anything is made with it. */
async function readOrMakePassword(folder: DataFolder, user: ServerUser | null): Promise<string> {
  const known = await readIfThere(folder.password);
  if (known !== null && known !== '') return known.trim();
  const password = randomBytes(24).toString('hex');
  const unfinished = `${folder.password}.${randomUUID()}`;
  await writeFileFor(user, unfinished, `${password}\n`);
  await rename(unfinished, folder.password);
  return password;
}

function initdbArguments(cluster: string): string[] {
  return [
    `--pgdata=${cluster}`,
    '--username=postgres',
    // The superuser has no password and there is no socket, so only the service's own role gets in.
    '--auth-host=scram-sha-256',
    '--auth-local=reject',
    '--encoding=UTF8',
    // Postgres's own C.UTF-8 needs no locale of the system and sorts the same everywhere.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}

function singleUserArguments(cluster: string): string[] {
  return ['--single', '-D', cluster, '-c', 'exit_on_error=on', '-c', 'log_statement=none', 'postgres'];
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

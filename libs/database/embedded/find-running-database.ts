import { databaseUrl, readPassword } from './create-cluster.ts';
import { dataFolder, refuseUnreadable } from './data-folder.ts';
import { findPostmaster } from './postmaster.ts';
import { findOwner } from './service-file.ts';

/** A service that is running on a data folder. */
export interface RunningDatabase {
  /** Its embedded Postgres. */
  readonly url: string;
  /** Its API; null while it isn't ready. */
  readonly serviceUrl: string | null;
}

/** The service that runs on this data folder now, for commands that work beside it; null where none does. @throws DatabaseError where the folder is another user's */
export async function findRunningDatabase(dataDir: string): Promise<RunningDatabase | null> {
  const folder = await dataFolder(dataDir);
  await refuseUnreadable(folder);
  const owner = await findOwner(folder);
  const postmaster = owner === null ? null : await findPostmaster(folder.cluster);
  if (owner === null || postmaster?.isReady !== true) return null;
  return { url: databaseUrl(await readPassword(folder), postmaster.port), serviceUrl: owner.url };
}

import { createClusterIfMissing, databaseUrl, readPassword } from './create-cluster.ts';
import { makeDataFolder, openToServerUser } from './data-folder.ts';
import { KeptServer } from './kept-server.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { findServerUser, type ServerUser } from './server-user.ts';
import { announceService, claimDataFolder, releaseDataFolder } from './service-file.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  /** Whom it runs as, and who owns the data folder, where this process is root. */
  readonly fileOwner: ServerUser | null;
  /** Resolves if Postgres kept failing and is given up. Until then it is restarted whenever it ends by itself. */
  readonly lost: Promise<Error>;
  /** Notes the service's address in the data folder, for those who find the folder in use. */
  announce(serviceUrl: string): Promise<void>;
  /** Shuts Postgres down, waits for it and gives the data folder free. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that came with npm, its data in `<dataDir>/postgres`, made at first start. It ends with this process,
 * even if that is killed. `log` gets a line whenever the operator should know of something.
 * @throws DatabaseError where another process has the folder, or Postgres can't run or start.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: (line: string) => void;
  /** How many bytes the disk of a folder has left; asked of the operating system where it isn't given. */
  freeBytes?: (path: string) => Promise<number>;
  /** Postgres's settings that are to differ from the usual ones, for data that nobody keeps. */
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { dataDir, log, freeBytes, settings } = options;
  const folder = await makeDataFolder(dataDir);
  const user = await findServerUser(folder.cluster);
  if (user !== null) await openToServerUser(folder, user);
  const binaries = await findPostgresBinaries(user);
  await claimDataFolder(folder, user);
  try {
    await createClusterIfMissing(folder, binaries, user);
    const password = await readPassword(folder);
    const server = await KeptServer.start({ folder, binaries, user, log, freeBytes, settings });
    return {
      url: databaseUrl(password, server.port),
      fileOwner: user,
      lost: server.lost,
      announce: (serviceUrl) => announceService(folder, user, serviceUrl),
      async stop() {
        await server.stop();
        await releaseDataFolder(folder);
      },
    };
  } catch (error) {
    await releaseDataFolder(folder);
    throw error;
  }
}

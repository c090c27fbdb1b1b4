import type { Config } from '#config';
import { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';

interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface OpenDatabase {
  readonly url: string;
  readonly kind: 'embedded' | 'external';
  /** Who owns what is in the data folder, where that isn't the user of this process. */
  readonly fileOwner: FileOwner | null;
  /** Resolves if the embedded Postgres keeps failing and is given up. */
  readonly lost: Promise<Error>;
  /** Lets others on this data folder know where the service can be reached. */
  announce(serviceUrl: string): Promise<void>;
  /** Stops the embedded Postgres; end the pools first. */
  stop(): Promise<void>;
}

/**
 * The Postgres the configuration asks for: the one at DATABASE_URL, otherwise the embedded one, which is started.
 * @throws DatabaseError where the embedded one can't be started.
 */
export async function openDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  { log }: { log: (line: string) => void },
): Promise<OpenDatabase> {
  if (databaseUrl === null) return { kind: 'embedded', ...(await startEmbeddedPostgres({ dataDir, log })) };
  return {
    kind: 'external',
    url: databaseUrl,
    fileOwner: null,
    lost: new Promise(() => {}),
    announce: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

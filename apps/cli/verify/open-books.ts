import { existsSync } from 'node:fs';
import type { Config } from '#config';
import { DatabaseError, findRunningDatabase, openDatabase } from '#database';

export interface OpenBooks {
  readonly url: string;
  /** Stops the embedded Postgres if it was started for this. */
  close(): Promise<void>;
}

/**
 * The database that holds the books: the one at DATABASE_URL, the one of the service that runs on the data folder, or,
 * where none does, the embedded Postgres, started for as long as it is needed.
 * @throws DatabaseError where there is none.
 */
export async function openBooks(config: Config, { log }: { log: (line: string) => void }): Promise<OpenBooks> {
  if (config.databaseUrl === null) {
    const running = await findRunningDatabase(config.dataDir);
    if (running !== null) return { url: running.url, close: () => Promise.resolve() };
    // Starting a Postgres would make the folder, and a check must not leave things behind.
    if (!existsSync(config.dataDir)) {
      throw new DatabaseError(
        `There are no books in ${config.dataDir}. Set PURSER_DATA_DIR to the service's data folder, or DATABASE_URL to its database.`,
      );
    }
  }
  const database = await openDatabase(config, { log });
  return { url: database.url, close: () => database.stop() };
}

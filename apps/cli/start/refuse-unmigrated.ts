import { checkMigrated, connect } from '#database';

/** @throws DatabaseError where the database can't be reached, or lacks migrations of this version */
export async function refuseUnmigrated(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const pool = connect(databaseUrl, { connectionsMax: 1, log });
  try {
    await checkMigrated(pool);
  } finally {
    await pool.end();
  }
}

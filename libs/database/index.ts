export { checkMigrated, checkReadable } from './check-migrated.ts';
export { checkSettings } from './check-settings.ts';
export { connect, type ConnectOptions, type Pool, type PoolClient } from './connect.ts';
export { DatabaseError } from './database-error.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
export { findRunningDatabase, type RunningDatabase } from './embedded/find-running-database.ts';
export { kyselyFrom } from './kysely-from.ts';
export { migrate, pendingMigrations } from './migrate.ts';
export { openDatabase, type OpenDatabase } from './open-database.ts';

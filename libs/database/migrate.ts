import type { Pool } from 'pg';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { checkServer } from './check-server.ts';
import { DatabaseError } from './database-error.ts';
import { kyselyFrom } from './kysely-from.ts';
import { migrations } from './migrations.ts';
import { reasonOf } from './reason-of.ts';

// Names of our own, so that a database shared with another program that uses Kysely doesn't mix the two histories.
const MIGRATION_TABLE = 'purser_migration';
const LOCK_TABLE = 'purser_migration_lock';
/** The migration that makes the role that requests are served as. */
const ROLE_MIGRATION = '0002_app_role';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings the database to this version's schema, in one transaction. Of several processes that call it at once, one does
 * the work while the others wait.
 * @returns the names of the migrations that ran.
 * @throws DatabaseError where the server is too old, can't be reached, was migrated by a newer Purser, or a migration fails.
 */
export async function migrate(pool: Pool, { log }: { log: (line: string) => void }): Promise<readonly string[]> {
  await checkServer(pool);
  const db = kyselyFrom<unknown>(pool);
  await refuseNewerDatabase(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === 'Error')?.migrationName;
    if (failed === ROLE_MIGRATION && isNotAllowed(error)) throw new DatabaseError(roleAdvice(error), { cause: error });
    throw new DatabaseError(
      `${failed === undefined ? 'The migrations' : `Migration ${failed}`} failed, and the database is as it was before: ${reasonOf(error)}`,
      { cause: error },
    );
  }
  // So that a process whose role may do no more than the service does can see whether it fits the database.
  if (results.length > 0) await sql`grant select on ${sql.table(MIGRATION_TABLE)} to purser_app`.execute(db);
  for (const { migrationName } of results) log(`migrated the database: ${migrationName}`);
  return results.map((result) => result.migrationName);
}

function isNotAllowed(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE;
}

function roleAdvice(error: unknown): string {
  return (
    `The role that migrates may not make the role purser_app, or isn't a member of it, and the database is as it was before: ` +
    `${reasonOf(error)}. As an administrator of the server, run "create role purser_app nologin" (unless it is there) and ` +
    `"grant purser_app to" the role in DATABASE_URL, and then migrate again; or give that role CREATEROLE. See ` +
    `docs/operations/roles.md.`
  );
}

/**
 * This version's migrations that the database doesn't have; none where a newer version has migrated it. A role that isn't a
 * member of purser_app can't see the list of migrations, and for it all of them are missing.
 */
export async function pendingMigrations(pool: Pool): Promise<readonly string[]> {
  const db = kyselyFrom<unknown>(pool);
  const { rows } = await sql<{ is_visible: boolean | null }>`
    select has_table_privilege(to_regclass(${MIGRATION_TABLE}), 'select') as is_visible
  `.execute(db);
  const executed = new Set(rows[0]?.is_visible === true ? await executedMigrations(db) : []);
  return Object.keys(migrations).filter((name) => !executed.has(name));
}

async function refuseNewerDatabase(db: Kysely<unknown>): Promise<void> {
  const unknown = (await executedMigrations(db)).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new DatabaseError(
    `The database is newer than this version of Purser: it has ${unknown.join(', ')}, and this version knows migrations up ` +
      `to ${Object.keys(migrations).sort().at(-1)}. Start the newer version, or use another database ` +
      `(DATABASE_URL or PURSER_DATA_DIR).`,
  );
}

async function executedMigrations(db: Kysely<unknown>): Promise<string[]> {
  const { rows: found } = await sql<{ is_there: boolean }>`
    select to_regclass(${MIGRATION_TABLE}) is not null as is_there
  `.execute(db);
  if (found[0]?.is_there !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)} order by name`.execute(
    db,
  );
  return rows.map((row) => row.name);
}

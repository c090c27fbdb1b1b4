import type { Pool } from 'pg';
import { checkServer } from './check-server.ts';
import { DatabaseError } from './database-error.ts';
import { pendingMigrations } from './migrate.ts';

/**
 * For a process that doesn't migrate the database itself. One that a newer version has migrated is taken as it is, so that
 * processes of the version before can go on, and start again, until they are replaced.
 * @throws DatabaseError where it lacks a migration, its role isn't a member of purser_app, the server is too old, or can't be reached.
 */
export async function checkMigrated(pool: Pool): Promise<void> {
  await checkServer(pool);
  await checkMember(pool);
  await checkTables(pool);
}

/**
 * The same for a command that only reads, whose role needn't be a member of purser_app.
 * @throws DatabaseError where it lacks a migration, the server is too old, or can't be reached.
 */
export async function checkReadable(pool: Pool): Promise<void> {
  await checkServer(pool);
  await checkTables(pool);
}

async function checkTables(pool: Pool): Promise<void> {
  const pending = await pendingMigrations(pool);
  if (pending.length === 0) return;
  throw new DatabaseError(
    `The database lacks migrations that this version needs: ${pending.join(', ')}. Run 'purser migrate' as the role that ` +
      `owns the tables, and then start this process again.`,
  );
}

async function checkMember(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select current_user as name from pg_roles where rolname = 'purser_app' and not pg_has_role(current_user, oid, 'member')`,
  );
  const [row] = rows;
  if (!row) return;
  throw new DatabaseError(
    `The role ${row.name} isn't a member of purser_app, as which requests are served. As the role that migrates, run ` +
      `"grant purser_app to ${row.name}". See docs/operations/roles.md.`,
  );
}

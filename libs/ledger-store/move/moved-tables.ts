import type { PoolClient } from '#database';
import { TABLE_OWNERS } from '../tables/table-owners.ts';

/** What migrations write for themselves. */
const MIGRATIONS = ['purser_migration', 'purser_migration_lock'];
/** What others refer to comes before them. */
const FIRST = ['environments', 'accounts', 'rate_cards', 'span_limits', 'span_limit_windows', 'plans'];
/** Tables into which migrations put rows. What was exported takes their place. */
export const SEEDED_TABLES = ['environments', 'closing_progress', 'event_feed'];

/** The tables that an export has, in the order in which they are imported. */
export const MOVED_TABLES: readonly string[] = [
  ...FIRST,
  ...[...TABLE_OWNERS.keys()].filter((name) => !FIRST.includes(name) && !MIGRATIONS.includes(name)).sort(),
];

/** Rows travel as text, so both sides must write and read it in the same way. */
export const TEXT_SETTINGS = `set local timezone = 'UTC'; set local datestyle = 'ISO'; set local bytea_output = 'hex';
  set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`;

/** The migrations that a database has had, in their order. */
export async function migrationsOf(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from purser_migration order by name');
  return rows.map(({ name }) => name);
}

import { sql, type Kysely } from 'kysely';

/**
 * Which API key asked for an authorization. Those made before don't say. A nullable column without a default changes no row,
 * so it is added at once, however large the tables are.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table holds add column key_id uuid`.execute(db);
  await sql`alter table authorizations add column key_id uuid`.execute(db);
}

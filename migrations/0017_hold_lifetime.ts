import { sql, type Kysely } from 'kysely';

/** How long an account's holds usually last: what a decline says when its credits are held. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `alter table accounts add column hold_lifetime_ms integer check (hold_lifetime_ms >= 0);
       grant update (hold_lifetime_ms) on accounts to purser_app`,
    )
    .execute(db);
}

import { sql, type Kysely } from 'kysely';

/** Counters of what an account's rule has bought. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`alter type counter_kind add value 'topup'`).execute(db);
}

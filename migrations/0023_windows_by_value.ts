import { sql, type Kysely } from 'kysely';

/** Windows of counters that each belong to one value, of which an account may have millions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(INDEXES).execute(db);
}

// Windows by value are found by their keys, and never with their account. They are never closed either, so that nobody has to look
// through them: "open" says nothing about them. There is at most one for each authorization that was counted.
const INDEXES = `
  drop index counters_open;
  drop index counters_closed;
  create index counters_open on counters (account_id) where open and value is null;
  create index counters_closed on counters (account_id, window_start) where not open and value is null;
`;

import { sql, type Kysely } from 'kysely';

/** What the path of every decision needs, and what it can do without. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFUSE_STALE).execute(db);
  await sql.raw(HOLDS_WITHOUT_LOOK_UP).execute(db);
}

// Called only by a guard that has found that a batch was decided on what isn't so any more.
const REFUSE_STALE = `
  create function refuse_stale() returns boolean language plpgsql as $$
  begin
    raise exception 'the batch was decided on accounts that have moved on' using errcode = 'serialization_failure';
  end $$;
`;

// A hold is only written under the lock of its account's row, so the look-up per hold, a fifth of what an authorization
// cost the database, could find nothing that isn't known. "purser verify" asks for it.
const HOLDS_WITHOUT_LOOK_UP = `
  alter table holds drop constraint holds_account_exists;
`;

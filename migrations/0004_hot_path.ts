import { sql, type Kysely } from 'kysely';

/** What the path of every decision needs, and what it can do without. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFUSE_BATCH).execute(db);
  await sql.raw(HOLDS_WITHOUT_LOOK_UP).execute(db);
  await sql.raw(LISTS).execute(db);
}

// Called only by a guard that has found that a batch can't be written as it was decided. The codes are of a class that
// Postgres doesn't use.
const REFUSE_BATCH = `
  create function refuse_batch(code text) returns boolean language plpgsql as $$
  begin
    case code
      when 'PU001' then raise exception 'the batch was decided on accounts that have moved on' using errcode = 'PU001';
      when 'PU002' then raise exception 'a request of the batch was answered before' using errcode = 'PU002';
    end case;
  end $$;
`;

// A hold is only written under the lock of its account's row, so the look-up per hold, a fifth of what an authorization
// cost the database, could find nothing that isn't known. "purser verify" asks for it.
const HOLDS_WITHOUT_LOOK_UP = `
  alter table holds drop constraint holds_account_exists;
`;

// Most authorizations are committed, so the others are few among millions, and a list of them has an index of its own that
// costs a committed one nothing. The condition of the last index is always true: it keeps the index for the lists that
// repeat it. A look-up by id would otherwise be planned on it too while a partition is empty, through all its rows.
const LISTS = `
  create index authorizations_not_committed on authorizations (environment, status, id) where status <> 'committed';
  create index authorizations_of_account_not_committed on authorizations (account_id, status, id)
    where status <> 'committed';
  drop index authorizations_newest_first;
  create index authorizations_newest_first on authorizations (environment, id) where environment > '';
`;

import { sql, type Kysely } from 'kysely';

/**
 * Lets a guard refuse a batch without an error. A request that is sent twice and two processes that decide on one account are
 * everyday events, and Postgres logs every error, with the statement and each of those behind it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFUSE).execute(db);
}

// The statements of a batch look at purser.refused, and write nothing where it is set. The transaction is committed, so it also
// has to say that the batch behind it follows nothing, and it needn't be waited for: it holds nothing but locks of rows.
const REFUSE = `
  create function refuse(reason text, details text) returns text language plpgsql as $$
  begin
    perform set_config('purser.refused', reason, true),
      set_config('purser.batch', '', false),
      set_config('synchronous_commit', 'off', true);
    return reason || ' ' || coalesce(details, '');
  end $$;
`;

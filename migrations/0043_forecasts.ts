import { sql, type Kysely } from 'kysely';

/** What was forecast last of each account, for reports over many and for alerts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(FORECASTS).execute(db);
}

// "made_at" is the account's time, and "stamp" its version by then. "warned_at" is when it was found that credits run out within the days of
// the account's alerts, until they last longer again.
const FORECASTS = `
  create table forecasts (
    account_id bigint primary key,
    environment text not null,
    made_at timestamptz(3) not null,
    stamp bigint not null,
    forecast jsonb not null,
    warned_at timestamptz(3),
    is_told boolean not null default false
  ) with (fillfactor = 70);
  create index forecasts_of_environments on forecasts (environment, account_id);
  grant select, insert, update, delete on forecasts to purser_app;
`;

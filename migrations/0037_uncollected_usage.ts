import { sql, type Kysely } from 'kysely';

/** When usage was covered by neither credits nor debt, row by row: authorizations only have the sum. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [UNCOLLECTED_USAGE, BACKFILL]) await sql.raw(statement).execute(db);
}

// An amount is negative where an adjustment has taken it off again. There are few rows: most usage is covered.
const UNCOLLECTED_USAGE = `
  create table uncollected_usage (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    authorization_id uuid not null,
    amount credit_sum not null constraint uncollected_usage_is_some check (amount <> 0),
    created_at timestamptz(3) not null,
    primary key (account_id, id)
  );
  create index uncollected_usage_by_authorization on uncollected_usage (account_id, authorization_id, id);
  grant select, insert on uncollected_usage to purser_app;
`;

// What was uncollected before is as of the commit, or of the authorization where none was final. Its id is one that no row has: the
// authorization's own.
const BACKFILL = `
  insert into uncollected_usage (account_id, id, environment, authorization_id, amount, created_at)
  select account_id, id, environment, id, uncollected, coalesce(committed_at, closed_at, created_at)
  from authorizations where uncollected > 0
  union all
  select account_id, id, environment, id, uncollected, created_at from holds where uncollected > 0;
`;

import { sql, type Kysely } from 'kysely';

/** What the API of budgets needs beside the budgets themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [WINDOWS, ENVIRONMENTS]) await sql.raw(statement).execute(db);
}

// The current windows of one budget for each value. None of these columns is ever updated, so updates stay within their page.
const WINDOWS = `
  create index counters_of_values on counters (account_id, name, window_end) where kind = 'budget' and value is not null;
`;

// The budgets that every account has.
const ENVIRONMENTS = `
  alter table environments add column budgets jsonb not null default '[]';
  grant update (budgets) on environments to purser_app;
`;

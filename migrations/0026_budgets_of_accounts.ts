import { sql, type Kysely } from 'kysely';

/** What the API of budgets needs beside the budgets themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [WINDOWS, ENVIRONMENTS, RAISE_REQUESTS]) await sql.raw(statement).execute(db);
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

// "accounts.raise_requests" are those that nobody has decided on yet, for decisions to know; the table has all.
// Erasure empties the texts.
const RAISE_REQUESTS = `
  alter table accounts add column raise_requests jsonb not null default '[]';
  grant update (raise_requests) on accounts to purser_app;

  create table raise_requests (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    budget_id uuid not null,
    name text not null,
    amount credit_amount not null,
    until timestamptz(3) not null,
    reason text not null,
    requested_by uuid,
    created_at timestamptz(3) not null,
    status text not null
      constraint raise_requests_have_a_known_status check (status in ('pending', 'approved', 'denied', 'canceled')),
    decided_at timestamptz(3),
    decided_by uuid,
    denial text,
    primary key (account_id, id),
    constraint raise_requests_are_decided_once check ((status = 'pending') = (decided_at is null))
  );
  create index raise_requests_newest on raise_requests (environment, id);
  grant select, insert on raise_requests to purser_app;
  grant update (status, decided_at, decided_by, denial, name, reason) on raise_requests to purser_app;
`;

import { sql, type Kysely } from 'kysely';

/** Budgets of accounts, and counters of what is spent under them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [ACCOUNTS, COUNTERS, ALERTS]) await sql.raw(statement).execute(db);
}

// A constant default changes no row, so the columns are added at once, however many accounts there are.
const ACCOUNTS = `
  alter table accounts add column budgets jsonb not null default '[]';
  grant update (budgets) on accounts to purser_app;
`;

// "name" is that of the budget or rule, "value" the one that has a window of its own. "granted" is the highest limit that was
// in force in the window, "overrun" what was used beyond it. "alerted" and "exceeded" say which alerts were sent.
const COUNTERS = `
  create type counter_kind as enum ('quantity', 'budget', 'share', 'pace');
  alter table counters
    add column kind counter_kind not null default 'quantity',
    add column name text,
    add column value text,
    add column alerted integer,
    add column exceeded boolean not null default false;
  grant update (overrun, granted, alerted, exceeded) on counters to purser_app;
`;

// Each alert of a window is sent once, whatever goes wrong: "threshold" is a percentage, or 'exceeded'.
const ALERTS = `
  create table budget_alerts (
    account_id bigint not null,
    counter uuid not null,
    window_start timestamptz(3) not null,
    threshold text not null,
    event_id uuid not null,
    constraint budget_alerts_are_sent_once primary key (account_id, counter, window_start, threshold)
  );
  grant select, insert on budget_alerts to purser_app;
`;

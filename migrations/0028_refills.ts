import { sql, type Kysely } from 'kysely';

/** How accounts are refilled: rules for top-ups, what is under way, recurring grants, a plan. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [ACCOUNTS, REFILLS]) await sql.raw(statement).execute(db);
}

// A constant default changes no row, so the column is added at once, however many accounts there are.
const ACCOUNTS = `
  alter table accounts add column has_refills boolean not null default false;
  grant update (has_refills) on accounts to purser_app;
`;

// Most accounts have none of it, and an index on accounts would have to read all of them. Operators list the accounts of a plan, and
// those whose rule is suspended. Postgres estimates how many a plan has only by an index of all rows.
const REFILLS = `
  create table account_refills (
    account_id bigint primary key,
    auto_topup jsonb,
    under_way jsonb,
    recurring jsonb not null,
    plan jsonb,
    due_at timestamptz(3)
  ) with (fillfactor = 70);
  create index account_refills_due on account_refills (due_at) where due_at is not null;
  create index account_refills_of_plan on account_refills ((plan #>> '{current,plan}'));
  create index account_refills_suspended on account_refills (account_id)
    where auto_topup @> '{"enabled": true, "suspended": true}';
  grant select, insert on account_refills to purser_app;
  grant update (auto_topup, under_way, recurring, plan, due_at) on account_refills to purser_app;
`;

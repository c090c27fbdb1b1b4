import { sql, type Kysely } from 'kysely';

/** Sums of what was booked, so that a balance of the past isn't summed up from the account's beginning. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(CLOSINGS).execute(db);
  await sql.raw(PROGRESS).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// A closing sums up an account's transfers up to "through_id", in the order of ids. Closings are derived from the books: if
// any of them is deleted, balances of the past take longer and nothing else changes.
// "credits" are those of the grants that were in effect at "latest_at". What was booked for scheduled grants stands in
// "scheduled_credits", each sum beside the instant from which it counts.
// "open_authorizations" are the authorizations up to "through_id" that were open after "latest_at".
// "latest_at" is the latest instant at which anything in the closing was decided or took effect. Nothing after "through_id"
// took effect before "rest_from".
const CLOSINGS = `
  create table closings (
    account_id bigint not null,
    through_id uuid not null,
    credits credit_sum not null,
    scheduled_at timestamptz(3)[] not null,
    scheduled_credits credit_sum[] not null,
    debt credit_sum not null,
    open_authorizations uuid[] not null,
    latest_at timestamptz(3) not null,
    rest_from timestamptz(3) not null,
    primary key (account_id, through_id),
    constraint closings_know_when_credits_count check (cardinality(scheduled_at) = cardinality(scheduled_credits))
  );
`;

// One row: the month that is being closed, and the last account for which it was closed. The first month is the oldest one
// that has a partition.
const PROGRESS = `
  create table closing_progress (
    only_row boolean primary key default true constraint closing_progress_is_one_row check (only_row),
    month timestamptz(3) not null,
    after_account bigint not null default -1
  );
  insert into closing_progress (month)
  select coalesce(min(to_date(right(relname, 7), 'YYYY_MM'))::timestamp, date_trunc('month', now() at time zone 'UTC')) at time zone 'UTC'
  from pg_inherits join pg_class on oid = inhrelid
  where inhparent = 'transfers'::regclass and relname ~ '^transfers_[0-9]{4}_[0-9]{2}$';
`;

// Maintenance makes closings, as the owner of the tables.
const PRIVILEGES = `
  grant select on closings to purser_app;
`;

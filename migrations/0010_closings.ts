import { sql, type Kysely } from 'kysely';

/** Sums of what was booked, so that a balance of the past isn't summed up from the account's beginning. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(CLOSINGS).execute(db);
  await sql.raw(PROGRESS).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// A closing sums up an account's transfers up to "through_id", in the order of ids. They are derived from the books: any of
// them may be deleted, which makes balances of the past slower and nothing else.
// "credits" are those of the grants that were in effect at "latest_at"; what was booked of grants that were still to come
// stands in "scheduled_credits", each sum beside the instant from which it counts.
// "open_authorizations" are those up to "through_id" that were open after "latest_at".
// "latest_at" is when the last of it was decided or took effect. Nothing behind "through_id" took effect before "rest_from".
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

// One row: the month that is being closed, and the last account that it was closed for. It begins with the oldest month that
// has a partition.
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

// They are made by maintenance, which the owner of the tables runs.
const PRIVILEGES = `
  grant select on closings to purser_app;
`;

import { sql, type Kysely } from 'kysely';

/** Months that are closed: what was reported then, and hashes by which anybody can tell that the journal hasn't changed since. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [CHAIN, PERIODS, CLOSINGS, PRIVILEGES]) await sql.raw(statement).execute(db);
}

// A link covers the account's journal rows whose ids are behind "after" and not behind "stamp"; both are versions of the account.
// Its hash covers the hash of the link before it. "marks" are the first four bytes of each row's digest, in the order of ids: they
// tell which row is another one. No two links begin at the same place, so a chain can't fork.
const CHAIN = `
  create table chain_links (
    account_id bigint not null,
    stamp bigint not null,
    after bigint not null,
    marks bytea not null,
    hash bytea not null constraint chain_links_hash_is_sha256 check (octet_length(hash) = 32),
    primary key (account_id, stamp),
    constraint chain_links_follow_each_other unique (account_id, after),
    constraint chain_links_go_forward check (after < stamp)
  );
  create table period_heads (
    account_id bigint not null,
    environment text not null,
    closing integer not null,
    stamp bigint not null,
    hash bytea not null,
    totals jsonb not null,
    primary key (account_id, closing)
  );
  create index period_heads_of_closing on period_heads (environment, closing, account_id);
`;

// Months that were never closed have no row.
const PERIODS = `
  create type period_status as enum ('open', 'closing', 'closed');
  create table periods (
    environment text not null constraint periods_environment_exists references environments (name),
    month text not null constraint periods_month_is_a_month check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    status period_status not null,
    step text,
    done bigint not null default 0,
    total bigint not null default 0,
    failure text,
    started_at timestamptz(3),
    primary key (environment, month)
  );
`;

// Each closing is kept, also of a month that was reopened since. They are numbered by environment, in the order in which they were
// made, and the hash of each covers the hash of the one before.
const CLOSINGS = `
  create table period_closings (
    environment text not null constraint period_closings_environment_exists references environments (name),
    number integer not null,
    month text not null,
    version integer not null,
    sealed jsonb not null,
    heads bytea not null,
    previous bytea not null,
    hash bytea not null,
    closed_by text,
    closed_at timestamptz(3) not null,
    reopened_by text,
    reopened_at timestamptz(3),
    reopen_reason text,
    primary key (environment, number),
    constraint period_closings_are_versions unique (environment, month, version),
    constraint period_closings_are_reopened_for_a_reason check ((reopened_at is null) = (reopen_reason is null))
  );
  create table period_reports (
    environment text not null,
    closing integer not null,
    report text not null,
    format text not null,
    part integer not null,
    bytes bytea not null,
    primary key (environment, closing, report, format, part),
    constraint period_reports_closing_exists foreign key (environment, closing) references period_closings (environment, number)
      deferrable initially deferred
  );
`;

const PRIVILEGES = `
  grant select, insert on chain_links, period_heads, periods, period_closings, period_reports to purser_app;
  grant update (status, step, done, total, failure, started_at) on periods to purser_app;
  grant update (reopened_by, reopened_at, reopen_reason) on period_closings to purser_app;
`;

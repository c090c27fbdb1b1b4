import { sql, type Kysely } from 'kysely';

/** Limits over many accounts: what API keys and whole environments may spend in a period. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [LIMITS, WINDOWS, COUNTERS, PRIVILEGES]) await sql.raw(statement).execute(db);
}

// A limit without an amount is none any more; set again, it goes on where it was. It counts what is authorized from "since" on.
// Keys name their limit, so that a key and the one that it was rolled to share it.
const LIMITS = `
  create table span_limits (
    id uuid primary key,
    environment text not null constraint span_limits_environment_exists references environments (name),
    kind text not null constraint span_limits_have_a_known_kind check (kind in ('environment', 'key')),
    unit text not null constraint span_limits_unit_is_short check (length(unit) between 1 and 32),
    period text not null constraint span_limits_have_a_known_period check (period in ('day', 'week', 'month', 'total')),
    time_zone text not null,
    amount credit_amount constraint span_limits_amount_is_positive check (amount >= 0),
    since timestamptz(3) not null,
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp()
  );
  create unique index span_limits_of_environments on span_limits (environment, unit, period) where kind = 'environment';
  create unique index span_limits_one_per_unit on span_limits (environment, unit)
    where kind = 'environment' and amount is not null;

  alter table api_keys
    add column span_limit uuid constraint api_keys_span_limit_exists references span_limits (id);
  create index api_keys_with_a_limit on api_keys (span_limit) where span_limit is not null;
`;

// A window is [window_start, window_end). What is granted of it was leased to accounts: each row of "span_limit_shares" is all that
// an account was ever leased, less what it gave back. The account's own share, a counter, has as much or less. "lease" numbers the
// leases of a share, so that an account never takes one that was taken back meanwhile.
const WINDOWS = `
  create table span_limit_windows (
    limit_id uuid not null constraint span_limit_windows_limit_exists references span_limits (id),
    window_start timestamptz(3) not null,
    window_end timestamptz(3),
    "limit" credit_sum not null,
    granted credit_sum not null default 0 constraint span_limit_windows_granted_is_positive check (granted >= 0),
    alerted integer not null default 0,
    primary key (limit_id, window_start),
    constraint span_limit_windows_end_after_they_start check (window_start < window_end),
    constraint span_limit_windows_grant_what_the_limit_allows check (granted <= "limit")
  ) with (fillfactor = 50);

  create table span_limit_shares (
    limit_id uuid not null,
    window_start timestamptz(3) not null,
    account_id bigint not null,
    granted credit_sum not null constraint span_limit_shares_granted_is_positive check (granted >= 0),
    lease bigint not null,
    leased_at timestamptz(3) not null,
    primary key (limit_id, window_start, account_id),
    constraint span_limit_shares_window_exists
      foreign key (limit_id, window_start) references span_limit_windows (limit_id, window_start)
  ) with (fillfactor = 50);
`;

// Of a share: the number of the last lease that it took, or that it must not take any more.
const COUNTERS = `
  alter table counters add column lease bigint;
  grant update (lease) on counters to purser_app;
`;

const PRIVILEGES = `
  grant select, insert on span_limits, span_limit_windows, span_limit_shares to purser_app;
  grant update (time_zone, amount, since) on span_limits to purser_app;
  grant update ("limit", granted, alerted) on span_limit_windows to purser_app;
  grant update (granted, lease, leased_at) on span_limit_shares to purser_app;
  grant update (span_limit) on api_keys to purser_app;
`;

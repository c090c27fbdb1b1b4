import { sql, type Kysely } from 'kysely';

/** What an account uses of something within a window of time, and what each authorization has reserved and used of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(COUNTERS).execute(db);
  await sql.raw(RESERVATIONS).execute(db);
}

// "counter" says what is counted. A window is [window_start, window_end); one without an end lasts for ever. Only rows that
// are open are read with their account: of the others the window is over, and nothing of them is reserved. The amounts change
// with every request that counts, so half of each page is kept for new versions of its rows.
const COUNTERS = `
  create table counters (
    account_id bigint not null,
    counter uuid not null,
    window_start timestamptz(3) not null,
    window_end timestamptz(3),
    used credit_sum not null constraint counters_used_is_positive check (used >= 0),
    reserved credit_sum not null constraint counters_reserved_is_positive check (reserved >= 0),
    overrun credit_sum not null default 0 constraint counters_overrun_is_positive check (overrun >= 0),
    granted credit_sum constraint counters_granted_is_positive check (granted >= 0),
    open boolean not null,
    primary key (account_id, counter, window_start),
    constraint counters_end_after_they_start check (window_start < window_end),
    constraint counters_are_open_while_something_is_reserved check (open or reserved = 0),
    constraint counters_stay_within_what_is_granted check (used + reserved <= granted + overrun)
  ) with (fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
  create index counters_open on counters (account_id) where open;
  create index counters_closed on counters (account_id, window_start) where not open;
  grant select, insert on counters to purser_app;
  grant update (used, reserved, open) on counters to purser_app;
`;

// A constant default changes no row, so the columns are added at once, however large the tables are.
const RESERVATIONS = `
  alter table holds add column reservations jsonb not null default '[]';
  alter table authorizations add column reservations jsonb not null default '[]';
  grant update (reservations) on holds, authorizations to purser_app;
`;

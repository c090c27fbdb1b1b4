import { sql, type Kysely } from 'kysely';

/** Time that can be moved forward, everywhere but in `live`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TEST_CLOCKS).execute(db);
  await sql.raw(REFUSE_BATCH).execute(db);
}

// An environment has one clock at a time: "environments.test_clock" is its number. An account keeps the number that was
// current when it was made. A clock that was never advanced has no row here and tells real time, so neither a new
// environment nor an account that was made before this migration needs anything. 315 360 000 s are ten years of 365 days.
const TEST_CLOCKS = `
  create table test_clocks (
    environment text not null constraint test_clocks_environment_exists references environments (name)
      constraint test_clocks_are_never_live check (environment <> 'live'),
    number integer not null,
    ahead_ms bigint not null constraint test_clocks_stay_within_ten_years check (ahead_ms between 0 and 315360000000),
    primary key (environment, number)
  );
  alter table environments add column test_clock integer not null default 0;
  alter table accounts add column test_clock integer not null default 0;

  grant select on test_clocks to purser_app;
  grant insert on test_clocks to purser_app;
  grant update (ahead_ms) on test_clocks to purser_app;
  grant update (test_clock) on environments to purser_app;
`;

// What was decided ahead on an account whose clock has been advanced since is refused as well.
const REFUSE_BATCH = `
  create or replace function refuse_batch(code text) returns boolean language plpgsql as $$
  begin
    case code
      when 'PU001' then raise exception 'the batch was decided on accounts that have moved on' using errcode = 'PU001';
      when 'PU002' then raise exception 'a request of the batch was answered before' using errcode = 'PU002';
      when 'PU003' then raise exception 'the batch was decided before a test clock was advanced' using errcode = 'PU003';
    end case;
  end $$;
`;

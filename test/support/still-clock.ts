import type { Pool } from '#database';
import { administer } from './test-database.ts';

/**
 * The clock of a database, which stands still until it is set. The service asks for `clock_timestamp()` without a schema, so it gets
 * the one that is found first. Stop the clock before anybody connects.
 */
export class StillClock {
  private constructor(private shown: number) {}

  /** @param at milliseconds since 1970 */
  static async stop(databaseUrl: string, at: number): Promise<StillClock> {
    await administer(databaseUrl, clockAt(at));
    return new StillClock(at);
  }

  /** Between two readings of the database's clock an engine counts on by this one, which keeps in step with it. */
  readonly passed = (): number => this.shown;

  /** @param at milliseconds since 1970 */
  async set(pool: Pool, at: number): Promise<void> {
    this.shown = at;
    await pool.query({ name: 'set_clock', text: 'update still.clock set now = $1', values: [new Date(at)] });
  }

  /** Moves the clock forward, by any number of milliseconds. */
  advance(pool: Pool, milliseconds: number): Promise<void> {
    return this.set(pool, this.shown + milliseconds);
  }
}

function clockAt(at: number): string {
  return `
    create schema still;
    create table still.clock (now timestamptz not null);
    insert into still.clock values (to_timestamp(${at / 1000}));
    create function still.clock_timestamp() returns timestamptz language sql stable as 'select now from still.clock';
    grant usage on schema still to public;
    grant select on still.clock to public;
    do $$ begin
      execute format('alter database %I set search_path = still, pg_catalog, public', current_database());
    end $$`;
}

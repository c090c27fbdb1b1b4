import type { TestClock } from '#ledger';
import type { Statement } from '../statement.ts';

export interface TestClockRow {
  environment: string;
  number: number;
  ahead_ms: string;
}

export function testClockFromRow({ number, ahead_ms }: TestClockRow): TestClock {
  return { number, aheadMs: Number(ahead_ms) };
}

/**
 * How far a clock is ahead, in milliseconds; one that was never advanced has no row.
 *
 * @param environment SQL with the name of a table: `environment` alone would be the clock's own, and so every clock's
 */
export function aheadMsOf(environment: string, number: string): string {
  return `coalesce((select ahead_ms from test_clocks where environment = ${environment} and number = ${number}), 0)`;
}

/** The clocks that accounts of these environments get which are made now. */
export function findCurrentClocks(environments: readonly string[]): Statement {
  return {
    name: 'find_current_clocks',
    text: `select e.name as environment, e.test_clock as number, ${aheadMsOf('e.name', 'e.test_clock')} as ahead_ms
      from unnest($1::text[]) wanted (name), lateral (select * from environments where name = wanted.name limit 1) e`,
    values: [environments],
  };
}

/** How far an account's clock is ahead, as an interval in SQL, for a query of rows that have an `account_id`. */
export function aheadOfAccount(table: string): string {
  return `(select ${aheadMsOf('a.environment', 'a.test_clock')} * interval '1 millisecond' from accounts a where a.account_id = ${table}.account_id)`;
}

import type { Pool } from '#database';
import type { JsonObject } from '#amounts';
import type { TestClock } from '#ledger';
import { queryable, type Queryable } from '../queryable.ts';
import { change, type AuditedChange, type ChangeAnswer, type Changed, type ChangeRequest } from '../change/change.ts';
import { constraintOf } from '../engine/failures.ts';
import { findCurrentClocks, testClockFromRow, type TestClockRow } from '../load/test-clock-statements.ts';
import { attemptRead } from '../read/attempt-read.ts';

/** The time of an environment's current clock. */
export interface ClockTime {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly aheadMs: number;
}

/** Ten years of 365 days; a constraint of migration 0006 says the same. */
export const AHEAD_MS_MAX = 10 * 365 * 24 * 60 * 60 * 1000;
const TOO_FAR = 'test_clocks_stay_within_ten_years';

/**
 * The clocks of the environments other than `live`. Decisions read them under their accounts' locks; here they are moved,
 * and never back: an environment whose time is to begin anew gets another clock, for the accounts that are made from then on.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class TestClocks {
  constructor(private readonly pool: Pool) {}

  read(environment: string): Promise<ClockTime> {
    return attemptRead(() => readClock(queryable(this.pool), environment));
  }

  /**
   * Moves the time of every account forward that lives by the current clock of the actor's environment.
   *
   * @param milliseconds at least 1
   * @returns `test_clock_too_far` where it would be more than {@link AHEAD_MS_MAX} ahead of real time
   */
  async advance(
    request: ChangeRequest,
    milliseconds: number,
    answer: (clock: ClockTime) => ChangeAnswer,
  ): Promise<Changed<'test_clock_too_far'>> {
    const { environment } = request;
    try {
      return await change<never>(this.pool, request, async (database) => {
        const before = await lockClock(database, environment);
        await moveClock(database, environment, before.number, milliseconds);
        const after = await readClock(database, environment);
        return { ok: true, answer: answer(after), audited: [audited(environment, before, after)] };
      });
    } catch (error) {
      if (constraintOf(error) === TOO_FAR) return 'test_clock_too_far';
      throw error;
    }
  }

  /** Gives the actor's environment a clock at real time. One that was never advanced is there already. */
  reset(request: ChangeRequest, answer: (clock: ClockTime) => ChangeAnswer): Promise<Changed<never>> {
    const { environment } = request;
    return change<never>(this.pool, request, async (database) => {
      const before = await lockClock(database, environment);
      if (before.aheadMs > 0) await startClock(database, environment, before.number + 1);
      const after = await readClock(database, environment);
      const changed = before.aheadMs > 0 ? [audited(environment, before, after)] : [];
      return { ok: true, answer: answer(after), audited: changed };
    });
  }
}

function audited(environment: string, before: TestClock, after: ClockTime): AuditedChange {
  const view = (aheadMs: number): JsonObject => ({ offset_seconds: aheadMs / 1000 });
  return { environment, object: 'test_clock', before: view(before.aheadMs), after: view(after.aheadMs) };
}

/** Which clock is the environment's stays so until the transaction ends; accounts can be made meanwhile. */
async function lockClock(database: Queryable, environment: string): Promise<TestClock> {
  await database.query('select from environments where name = $1 for no key update', [environment]);
  // Read by a statement of its own: the one that waited for the lock has seen the clocks as they were before.
  const { text, values } = findCurrentClocks([environment]);
  const { rows } = await database.query<TestClockRow>(text, values);
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return testClockFromRow(row);
}

/** The time of an environment's current clock; real time in `live`. */
export async function readClock(database: Queryable, environment: string): Promise<ClockTime> {
  const { text, values } = findCurrentClocks([environment]);
  const { rows } = await database.query<TestClockRow & { readonly now: Date }>(
    `select c.*, clock_timestamp() + c.ahead_ms * interval '1 millisecond' as now from (${text}) c`,
    values,
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return { now: row.now.getTime(), aheadMs: testClockFromRow(row).aheadMs };
}

async function moveClock(
  database: Queryable,
  environment: string,
  number: number,
  milliseconds: number,
): Promise<void> {
  await database.query(
    `insert into test_clocks as c (environment, number, ahead_ms) values ($1, $2, $3)
    on conflict (environment, number) do update set ahead_ms = c.ahead_ms + excluded.ahead_ms`,
    [environment, number, milliseconds],
  );
}

async function startClock(database: Queryable, environment: string, number: number): Promise<void> {
  await database.query('update environments set test_clock = $2 where name = $1', [environment, number]);
}

import type { Pool } from '#database';
import type { AccountRef } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from './attempt-read.ts';
import { bookDue } from './complete-until.ts';

/**
 * Has the account swept where something is due of its refills, or something may roll over: credits of a grant that has expired, or that
 * a hold which has lapsed lets go. Then the grants and transfers of periods that have begun can be read, and those that rolled over.
 * Balances are right without it: they are settled as they are read.
 *
 * @throws {LedgerUnavailable} where the account can't be swept just now, or the database isn't there
 */
export async function bookRefills(pool: Pool, engine: Pick<Engine, 'submit'>, account: AccountRef): Promise<void> {
  const isDue = await attemptRead(async () => {
    const { rows } = await queryable(pool).query(
      `select from account_refills r join accounts a using (account_id), lateral (
        select clock_timestamp() + ${aheadMsOf('a.environment', 'a.test_clock')} * interval '1 millisecond' as now
      ) clock
      where r.account_id = $1 and (
        r.due_at <= clock.now
        or exists (
          select from grants g
          where g.account_id = $1 and g.open and g.period is not null and g.expires_at <= clock.now and not g.expired
        )
        or exists (select from holds h where h.account_id = $1 and h.expires_at <= clock.now)
      )`,
      [account.key],
    );
    return rows.length > 0;
  });
  if (isDue) await bookDue(engine, account);
}

import type { Pool } from '#database';
import type { AccountRef } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from './attempt-read.ts';
import { bookDue } from './complete-until.ts';

/**
 * Has the account swept where something is due of its refills, so that the grants and transfers of periods that have begun can be read.
 * Balances are right without it: they are settled as they are read.
 *
 * @throws {LedgerUnavailable} where the account can't be swept just now, or the database isn't there
 */
export async function bookRefills(pool: Pool, engine: Pick<Engine, 'submit'>, account: AccountRef): Promise<void> {
  const isDue = await attemptRead(async () => {
    const { rows } = await queryable(pool).query(
      `select from account_refills r join accounts a using (account_id)
      where r.account_id = $1
        and r.due_at <= clock_timestamp() + ${aheadMsOf('a.environment', 'a.test_clock')} * interval '1 millisecond'`,
      [account.key],
    );
    return rows.length > 0;
  });
  if (isDue) await bookDue(engine, account);
}

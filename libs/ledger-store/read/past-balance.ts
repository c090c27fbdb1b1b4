import type { PoolClient } from '#database';
import { Amount, ZERO, type AccountKey, type Balance, type Transfer } from '#ledger';
import type { Statement } from '../statement.ts';
import { rowsOf } from '../load/load-state.ts';

export interface PastBalance {
  readonly balance: Balance;
  readonly debt: Amount;
}

interface PastRow {
  credits: string;
  debt: string;
  held: string;
}

/**
 * The balance as it was at an instant, recomputed from transfers and holds. Transfers carry the instant they took effect,
 * what time alone did included, so a grant that had expired by then counts with what holds had pinned, and one whose time
 * had not come counts for nothing.
 *
 * @param at milliseconds since 1970, not in the future.
 * @param unbooked credits of grants that time alone has ended, not booked yet.
 */
export async function balanceAt(
  client: PoolClient,
  key: AccountKey,
  at: number,
  unbooked: readonly Transfer[],
): Promise<PastBalance> {
  const [row] = await rowsOf<PastRow>(client, pastBalance(key, new Date(at)));
  if (!row) throw new Error('a sum has no row');
  const debt = new Amount(row.debt);
  const gone = unbooked
    .filter(({ accountKey, createdAt }) => accountKey === key && createdAt <= at)
    .reduce((total, { amount }) => total.plus(amount), ZERO);
  const posted = new Amount(row.credits).minus(gone).minus(debt);
  return { balance: { posted, held: new Amount(row.held) }, debt };
}

function pastBalance(key: AccountKey, at: Date): Statement {
  return {
    name: 'past_balance',
    text: `
      with booked as (
        select t.debit, t.credit, t.amount, g.effective_at
        from transfers t left join grants g on g.account_id = t.account_id and g.id = t.grant_id
        where t.account_id = $1 and t.created_at <= $2
      ),
      holding as (
        select amount, steps from holds where account_id = $1 and created_at <= $2 and expires_at > $2
        union all
        -- A charge never held anything; it closes when it is made.
        select amount, steps from authorizations
        where account_id = $1 and created_at <= $2 and closed_at > $2 and expires_at > $2
      )
      select
        (select coalesce(sum(case when credit = 'grant' then amount else 0 end)
          - sum(case when debit = 'grant' then amount else 0 end), 0) from booked where effective_at <= $2) as credits,
        (select coalesce(sum(case when debit = 'debt' then amount else 0 end)
          - sum(case when credit = 'debt' then amount else 0 end), 0) from booked) as debt,
        (select coalesce(sum(coalesce(
          (select (step ->> 1)::numeric from jsonb_array_elements(steps) with ordinality s (step, place)
            where (step ->> 0)::bigint <= extract(epoch from $2::timestamptz) * 1000 order by place desc limit 1),
          amount)), 0) from holding) as held`,
    values: [key, at],
  };
}

import type { PoolClient } from '#database';
import { Amount, ZERO } from '#amounts';
import type { AccountKey, Balance, LedgerAccount, Transfer } from '#ledger';
import type { Statement } from '../statement.ts';
import { rowsOf } from '../load/rows-of.ts';

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
 * @param unbooked what time alone has granted, ended or charged, not booked yet: credits of grants, and shortfalls of commitments.
 */
export async function balanceAt(
  client: PoolClient,
  key: AccountKey,
  at: number,
  unbooked: readonly Transfer[],
): Promise<PastBalance> {
  const [row] = await rowsOf<PastRow>(client, pastBalance(key, new Date(at)));
  if (!row) throw new Error('a sum has no row');
  const due = unbooked.filter(({ accountKey, createdAt }) => accountKey === key && createdAt <= at);
  const debt = new Amount(row.debt).plus(owed(due));
  const posted = new Amount(row.credits).plus(granted(due)).minus(debt);
  return { balance: { posted, held: new Amount(row.held) }, debt };
}

/** What these transfers have added to grants. What time alone makes due has come into effect. */
function granted(transfers: readonly Transfer[]): Amount {
  return balanceOf(transfers, 'grant').neg();
}

function owed(transfers: readonly Transfer[]): Amount {
  return balanceOf(transfers, 'debt');
}

/** Debits less credits. */
function balanceOf(transfers: readonly Transfer[], account: LedgerAccount): Amount {
  return transfers.reduce((total, { debit, credit, amount }) => {
    const debited = debit === account ? total.plus(amount) : total;
    return credit === account ? debited.minus(amount) : debited;
  }, ZERO);
}

/**
 * Adds up what was booked between two closings: the last one in which everything took effect by then, and the first one after
 * which nothing did. Of the authorizations up to the former, it reads those that were still open. Only a dispute about a purchase
 * freezes anything, and few are disputed.
 */
const PAST_BALANCE = `
  with closing as materialized (
    select * from closings where account_id = $1 and latest_at <= $2 order by through_id desc limit 1
  ),
  range as materialized (
    select coalesce((select through_id from closing), '00000000-0000-0000-0000-000000000000') as after_id,
      coalesce(
        (select through_id from closings where account_id = $1 and rest_from > $2 order by through_id limit 1),
        'ffffffff-ffff-ffff-ffff-ffffffffffff'
      ) as through_id
  ),
  booked as materialized (
    select grant_id,
      sum(case when credit = debit then 0 when credit = 'grant' then amount when debit = 'grant' then -amount else 0 end) as credits,
      sum(case when debit = 'debt' then amount when credit = 'debt' then -amount else 0 end) as debt
    from transfers
    where account_id = $1 and id > (select after_id from range) and id <= (select through_id from range)
      and created_at <= $2
    group by grant_id
  ),
  counting as (
    select credits from closing
    union all
    select scheduled.credits from closing, unnest(scheduled_at, scheduled_credits) scheduled (at, credits)
    where scheduled.at <= $2
    union all
    select b.credits from booked b join grants g on g.account_id = $1 and g.id = b.grant_id where g.effective_at <= $2
  ),
  holding as (
    select amount, steps from holds where account_id = $1 and created_at <= $2 and expires_at > $2
    union all
    -- A charge never held anything; it closes when it is made.
    select amount, steps from authorizations
    where account_id = $1 and id > (select after_id from range) and id <= (select through_id from range)
      and created_at <= $2 and closed_at > $2 and expires_at > $2
    union all
    select earlier.amount, earlier.steps from closing, unnest(open_authorizations) open (id), lateral (
      select amount, steps from authorizations a
      where a.account_id = $1 and a.id = open.id and created_at <= $2 and closed_at > $2 and expires_at > $2 limit 1
    ) earlier
  ),
  frozen as (
    select (
      select (step ->> 1)::numeric from jsonb_array_elements(frozen_grant.freezes) with ordinality s (step, place)
      where (step ->> 0)::bigint <= extract(epoch from $2::timestamptz) * 1000 order by place desc limit 1
    ) as amount
    from purchases p cross join lateral jsonb_array_elements_text(p.grants) brought (id) cross join lateral (
      select freezes from grants where account_id = $1 and id = brought.id::uuid limit 1
    ) frozen_grant
    where p.account_id = $1 and p.disputes <> '[]'
  )
  select
    (select coalesce(sum(credits), 0) from counting) as credits,
    (select coalesce(sum(debt), 0) from (select debt from closing union all select debt from booked) owed) as debt,
    (select coalesce(sum(coalesce(
      (select (step ->> 1)::numeric from jsonb_array_elements(steps) with ordinality s (step, place)
        where (step ->> 0)::bigint <= extract(epoch from $2::timestamptz) * 1000 order by place desc limit 1),
      amount)), 0) from holding) + (select coalesce(sum(amount), 0) from frozen) as held`;

function pastBalance(key: AccountKey, at: Date): Statement {
  return { name: 'past_balance', text: PAST_BALANCE, values: [key, at] };
}

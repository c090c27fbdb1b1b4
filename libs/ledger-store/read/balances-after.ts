import { Amount } from '#amounts';
import type { AccountKey, Transfer } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** What the account had right before and right after a transfer, credits of scheduled grants included. */
export interface Totals {
  readonly before: Amount;
  readonly after: Amount;
}

/**
 * From where balances are added up: from the account's balance now, back to the first of the transfers; from the last month that was
 * closed before them; or from a transfer that was read before, which they follow or precede.
 */
export type Start = 'now' | 'closing' | { readonly id: string; readonly totals: Totals };

interface Moved {
  readonly id: string;
  readonly moved: string;
  readonly running: string;
}

/** What a transfer adds to the account's grants, or takes from them. */
export const ADDED_TO_GRANTS = `(case when credit = debit then 0 when credit = 'grant' then amount when debit = 'grant' then -amount else 0 end)`;

/** The same of its balance; debt that grows takes from it. */
const MOVED = `${ADDED_TO_GRANTS} - (case when debit = 'debt' then amount when credit = 'debt' then -amount else 0 end)`;

/**
 * The balances around transfers of an account, in the order in which they were booked. Everything between the first and the last of
 * them counts, whether or not it is among them.
 */
export async function totalsAround(
  database: Queryable,
  key: AccountKey,
  transfers: readonly Transfer[],
  start: Start,
): Promise<ReadonlyMap<string, Totals>> {
  const ids = transfers.map(({ id }) => id).toSorted();
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const { before, from } = await baseOf(database, key, { first, last, start });
  const { rows } = await database.query<Moved>(
    `select id, moved, running from (
      select id, ${MOVED} as moved, sum(${MOVED}) over (order by id) as running from transfers
      where account_id = $1 and id >= $2 and id <= $3
    ) all_rows where id = any($4::uuid[])`,
    [key, from, last, ids],
  );
  return new Map(
    rows.map(({ id, moved, running }) => {
      const after = before.plus(running);
      return [id, { before: after.minus(moved), after }];
    }),
  );
}

interface Base {
  /** The total before the transfer that sums go on from. */
  readonly before: Amount;
  readonly from: string;
}

interface Span {
  readonly first: string;
  readonly last: string;
  readonly start: Start;
}

async function baseOf(database: Queryable, key: AccountKey, { first, last, start }: Span): Promise<Base> {
  if (start === 'closing') return { before: await totalOf(database, SINCE_CLOSING, [key, first]), from: first };
  if (start === 'now') return { before: await totalOf(database, UP_TO_NOW, [key, first]), from: first };
  if (start.id < first) return { before: start.totals.before, from: start.id };
  if (start.id <= last) throw new Error('the transfers are neither before nor after the one that they start from');
  const total = await totalOf(database, DOWN_FROM, [key, first, start.totals.before.toFixed(), start.id]);
  return { before: total, from: first };
}

// In one statement, so that what is booked meanwhile is in both sums or in none.
const UP_TO_NOW = `
  select (select coalesce(sum(remaining), 0) from grants where account_id = $1 and open)
    - (select debt from accounts where account_id = $1)
    - (select coalesce(sum(${MOVED}), 0) from transfers where account_id = $1 and id >= $2) as total`;

const DOWN_FROM = `
  select $3::numeric - coalesce(sum(${MOVED}), 0) as total from transfers
  where account_id = $1 and id >= $2 and id < $4`;

// A month at most is added up.
const SINCE_CLOSING = `
  with closing as materialized (
    select through_id, credits + (select coalesce(sum(one), 0) from unnest(scheduled_credits) one) - debt as total
    from closings where account_id = $1 and through_id < $2 order by through_id desc limit 1
  )
  select coalesce((select total from closing), 0) + coalesce(sum(${MOVED}), 0) as total from transfers
  where account_id = $1 and id < $2
    and id > coalesce((select through_id from closing), '00000000-0000-0000-0000-000000000000')`;

async function totalOf(database: Queryable, text: string, values: unknown[]): Promise<Amount> {
  const { rows } = await database.query<{ total: string }>(text, values);
  const [row] = rows;
  if (!row) throw new Error('a sum has no row');
  return new Amount(row.total);
}

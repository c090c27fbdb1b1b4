import { Amount, formatAmount, ZERO } from '#amounts';
import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { idAfter } from '../../facts/version-of.ts';

/** Credits less debits by account of the books, like `funding:paid`. */
export type Books = Readonly<Record<string, Amount>>;

/** An account's books at the position up to which it is rolled up. */
export interface AccountBooks {
  readonly account: AccountKey;
  readonly externalId: string;
  readonly unit: string;
  readonly position: bigint;
  readonly books: Books;
  /** What differs; empty where the books are right. */
  readonly faults: readonly string[];
}

interface PositionRow {
  readonly account_id: AccountKey;
  readonly external_id: string;
  readonly unit: string;
  readonly position: string;
  readonly after: string;
  readonly before: Readonly<Record<string, string>> | null;
  readonly outstanding: string;
  readonly debt: string;
  readonly rolled: string;
  readonly rolled_debt: string;
  readonly rolled_usage: string;
  readonly rolled_expired: string;
}

interface MovedRow {
  readonly account_id: AccountKey;
  readonly code: string;
  /** Up to the position. */
  readonly closed: string | null;
  /** Up to now. */
  readonly all: string;
}

/** What is rolled up of each account, what it had at its last closing, and what its own rows say. */
const POSITIONS = `
  select a.account_id, a.external_id, a.unit, c.stamp as position, coalesce((h.totals ->> 'position')::bigint, 0) as after,
    h.totals -> 'books' as before, a.debt, coalesce(g.outstanding, 0) as outstanding, coalesce(m.rolled, 0) as rolled,
    coalesce(m.rolled_debt, 0) as rolled_debt, coalesce(m.rolled_usage, 0) as rolled_usage,
    coalesce(m.rolled_expired, 0) as rolled_expired
  from accounts a join rollup_cursors c on c.account_id = a.account_id
    left join (select account_id, sum(remaining) as outstanding from grants where open group by 1) g on g.account_id = a.account_id
    left join (
      select account_id, sum(credits) filter (where category <> 'debt') as rolled,
        sum(credits) filter (where category = 'debt') as rolled_debt,
        -sum(credits) filter (where kind in ('used', 'debt_used', 'commitment', 'refunded', 'debt_refunded')) as rolled_usage,
        -sum(credits) filter (where kind = 'expired') as rolled_expired
      from money_slots group by 1
    ) m on m.account_id = a.account_id
    left join lateral (select totals from period_heads where account_id = a.account_id order by closing desc limit 1) h on true
  where a.environment = $1 order by a.account_id`;

/** What was booked since then. The condition on all of them lets Postgres leave out the months before. */
const MOVED = `
  with positions as (select * from unnest($1::bigint[], $2::uuid[], $3::uuid[]) p (account_id, after, until)),
  moved as (
    select t.account_id, t.debit, t.credit, sum(t.amount) filter (where t.id <= p.until) as closed, sum(t.amount) as all
    from transfers t join positions p on p.account_id = t.account_id
    where t.id > p.after and t.id > $4::uuid group by 1, 2, 3
  )
  select account_id, code::text, sum(closed)::text as closed, sum("all")::text as all from (
    select account_id, credit as code, closed, "all" from moved
    union all select account_id, debit, -closed, -"all" from moved
  ) sides group by 1, 2`;

/**
 * Adds up the books of an environment's accounts at the positions up to which they are rolled up, on the snapshot of the transaction,
 * and compares them with the accounts' own rows and with the sums of the reports. Only what was booked since the last closing is read.
 */
export async function booksOfAccounts(database: Queryable, environment: string): Promise<readonly AccountBooks[]> {
  const { rows } = await database.query<PositionRow>(POSITIONS, [environment]);
  const least = rows.reduce(
    (least, { after }) => (BigInt(after) < least ? BigInt(after) : least),
    BigInt(rows[0]?.after ?? 0),
  );
  const { rows: moved } = await database.query<MovedRow>(MOVED, [
    rows.map((row) => row.account_id),
    rows.map(({ after }) => idAfter(BigInt(after))),
    rows.map(({ position }) => idAfter(BigInt(position))),
    idAfter(least),
  ]);
  const byAccount = Map.groupBy(moved, (row) => row.account_id);
  return rows.map((row) => booksOf(row, byAccount.get(row.account_id) ?? []));
}

function booksOf(row: PositionRow, moved: readonly MovedRow[]): AccountBooks {
  const { account_id: account, external_id: externalId, unit, position, before } = row;
  const books = new Map(Object.entries(before ?? {}).map(([code, sum]) => [code, new Amount(sum)]));
  const now = new Map(books);
  for (const { code, closed, all } of moved) {
    books.set(code, (books.get(code) ?? ZERO).plus(closed ?? 0));
    now.set(code, (now.get(code) ?? ZERO).plus(all));
  }
  const closedWith = (code: string): Amount => books.get(code) ?? ZERO;
  const standsAt = (code: string): Amount => now.get(code) ?? ZERO;
  const balance = [...books.values()].reduce((sum, one) => sum.plus(one), ZERO);
  const compared: readonly (readonly [string, Amount, Amount])[] = [
    ['debits and credits', balance, ZERO],
    ['what remains of grants', new Amount(row.outstanding), standsAt('grant')],
    ['debt', new Amount(row.debt).neg(), standsAt('debt')],
    ['credits of the reports', new Amount(row.rolled), closedWith('grant')],
    ['debt of the reports', new Amount(row.rolled_debt), closedWith('debt')],
    ['usage of the reports', new Amount(row.rolled_usage), closedWith('usage')],
    ['expired credits of the reports', new Amount(row.rolled_expired), closedWith('breakage')],
  ];
  const faults = compared.flatMap(([name, found, expected]) =>
    found.eq(expected) ? [] : [`${name}: expected ${formatAmount(expected)}, found ${formatAmount(found)}`],
  );
  return { account, externalId, unit, position: BigInt(position), books: Object.fromEntries(books), faults };
}

import type { AccountRef } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** What all values become; whoever adds up what an erased account used later adds to it. */
const ERASED = '(erased)';
/** So that a step takes less than a second. */
const ROWS_AT_ONCE = 10_000;

const KEY = ['account_id', 'tag', 'value', 'slot', 'currency'] as const;
const SUMS = [
  ...['requests', 'late', 'unpriced', 'unknown_costs', 'paid', 'promotional', 'included', 'debt', 'uncollected'],
  ...['refunded', 'revenue', 'cost', 'promotional_cost'],
];

const STATEMENT = `
  with taken as (
    select tableoid, ctid from tag_slots where account_id = $1 and value <> $2::text limit ${String(ROWS_AT_ONCE)}
  ),
  gone as (
    delete from tag_slots t using taken where t.tableoid = taken.tableoid and t.ctid = taken.ctid and t.account_id = $1 returning t.*
  )
  insert into tag_slots as t (${[...KEY, ...SUMS].join(', ')})
  select account_id, tag, $2::text, slot, currency, ${SUMS.map((name) => `sum(${name})`).join(', ')} from gone
  group by account_id, tag, slot, currency
  on conflict (${KEY.join(', ')}) do update set ${SUMS.map((name) => `${name} = t.${name} + excluded.${name}`).join(', ')}`;

/**
 * Puts together what an account has used by values of tags, which may name persons. The sums stay what they are.
 *
 * @returns null where nothing is left to be put together
 */
export async function eraseTagSums(database: Queryable, { key }: AccountRef, after: string): Promise<string | null> {
  // Whoever is adding up what was used before it was to be erased is waited for, and be it for the first time: then it has a cursor that
  // nobody else sees yet.
  await database.query(
    `insert into rollup_cursors (account_id, stamp, tags) values ($1, 0, '{}') on conflict (account_id) do nothing`,
    [key],
  );
  await database.query('select from rollup_cursors where account_id = $1 for update', [key]);
  const { rowCount } = await database.query(STATEMENT, [key, ERASED]);
  if (rowCount !== 0) return after;
  await database.query('delete from tag_months where account_id = $1', [key]);
  return null;
}

import type { Queryable } from '#ledger-store';
import type { SumTable } from './sum-tables.ts';

/** So that no statement takes long, and no parameter is huge. */
const ROWS_AT_ONCE = 5_000;

/**
 * Adds rows to what a table has under their keys. They are written in the order of their keys: whoever else adds to the same rows
 * waits, and never the other way round.
 *
 * @param rows no two of one key
 */
export async function addSums<Row>(database: Queryable, table: SumTable<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const { name, key, sums } = table;
  const columns = [...key, ...sums];
  const sorted = rows
    .map((row) => ({ row, place: JSON.stringify(key.map(({ value }) => value(row))) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ row }) => row);
  const text = `insert into ${name} as t (${columns.map((one) => one.name).join(', ')})
    select * from unnest(${columns.map(({ type }, index) => `$${String(index + 1)}::${type}[]`).join(', ')})
    on conflict (${key.map((one) => one.name).join(', ')})
    do update set ${sums.map((one) => `${one.name} = t.${one.name} + excluded.${one.name}`).join(', ')}`;
  for (let from = 0; from < sorted.length; from += ROWS_AT_ONCE) {
    const some = sorted.slice(from, from + ROWS_AT_ONCE);
    await database.query(
      text,
      columns.map(({ value }) => some.map(value)),
    );
  }
}

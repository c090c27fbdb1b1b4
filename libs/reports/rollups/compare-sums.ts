import { Amount, formatAmount } from '#amounts';
import type { Queryable } from '#ledger-store';
import type { SumTable } from './sum-tables.ts';

type Value = string | number;

/** What a row of a table of sums should have, and what it has. A row that isn't there has nothing. */
export interface SumDifference {
  readonly table: string;
  /** In the order of the table's columns. */
  readonly key: readonly Value[];
  readonly columns: readonly string[];
  readonly expected: readonly Amount[];
  readonly found: readonly Amount[];
}

/** In milliseconds since 1970: slots from the first up to, and without, the second. */
export interface SlotRange {
  readonly from: number | null;
  readonly to: number | null;
}

const ALL_SLOTS: SlotRange = { from: null, to: null };

interface SumRow {
  readonly key: readonly Value[];
  readonly sums: readonly Amount[];
}

/**
 * Compares rows with what a table has for the same owner.
 *
 * @param owner the values of the first columns of its key
 */
export async function compareSums<Row extends { readonly slot: number }>(
  database: Queryable,
  table: SumTable<Row>,
  {
    owner,
    rows,
    range = ALL_SLOTS,
  }: { readonly owner: readonly Value[]; readonly rows: readonly Row[]; readonly range?: SlotRange },
): Promise<SumDifference[]> {
  const expected = new Map<string, SumRow>();
  for (const row of rows) {
    if (!isWithin(range, row.slot)) continue;
    const key = table.key.map(({ value }) => value(row));
    expected.set(nameOf(key), { key, sums: table.sums.map(({ value }) => new Amount(value(row))) });
  }
  const found = await loadSums(database, table, owner, range);
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((name) => {
    const [right, own] = [expected.get(name), found.get(name)];
    const none = table.sums.map(() => new Amount(0));
    const difference = {
      ...{ table: table.name, key: right?.key ?? own?.key ?? [], columns: table.sums.map((one) => one.name) },
      ...{ expected: right?.sums ?? none, found: own?.sums ?? none },
    };
    const isSame = difference.expected.every((amount, index) => amount.eq(difference.found[index] ?? 0));
    return isSame ? [] : [difference];
  });
}

/** What is to be added to make the differences none, as rows of {@link rawTable}. */
export function corrections(differences: readonly SumDifference[]): readonly (readonly Value[])[] {
  return differences.map(({ key, expected, found }) => [
    ...key,
    ...expected.map((amount, index) => formatAmount(amount.minus(found[index] ?? 0))),
  ]);
}

/** The same table, of rows that are their values. */
export function rawTable<Row>({ name, key, sums }: SumTable<Row>): SumTable<readonly Value[]> {
  const raw = [...key, ...sums].map(({ name: column, type }, index) => ({
    ...{ name: column, type },
    value: (row: readonly Value[]) => row[index] ?? '',
  }));
  return { name, key: raw.slice(0, key.length), sums: raw.slice(key.length) };
}

function nameOf(key: readonly Value[]): string {
  return JSON.stringify(key.map(String));
}

function isWithin({ from, to }: SlotRange, slot: number): boolean {
  return (from === null || slot >= from) && (to === null || slot < to);
}

async function loadSums<Row>(
  database: Queryable,
  { name, key, sums }: SumTable<Row>,
  owner: readonly Value[],
  { from, to }: SlotRange,
): Promise<Map<string, SumRow>> {
  const columns = [...key, ...sums].map((one) => one.name);
  const owned = owner.map((_, index) => `${columns[index] ?? ''} = $${String(index + 3)}`).join(' and ');
  const { rows } = await database.query<Record<string, string | Date>>(
    `select ${columns.join(', ')} from ${name} where ${owned}
    and ($1::timestamptz is null or slot >= $1) and ($2::timestamptz is null or slot < $2)`,
    [from === null ? null : new Date(from), to === null ? null : new Date(to), ...owner],
  );
  return new Map(
    rows.map((row) => {
      const values = key.map((one) => textOf(row[one.name]));
      return [nameOf(values), { key: values, sums: sums.map((one) => new Amount(textOf(row[one.name]))) }];
    }),
  );
}

function textOf(value: string | Date | undefined): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

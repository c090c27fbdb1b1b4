import { connect, type Pool } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { AnyColumn } from './column.ts';
import { DESCRIBED_TABLES, TABLE_OWNERS } from './table-owners.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 1, log: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const OURS = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await pool.query<Row>(text, values);
  return rows;
}

const described = DESCRIBED_TABLES.map(({ name, written, read }) => {
  const columns = new Map<string, AnyColumn>();
  for (const column of [...read, ...written.map((one) => one.column)]) columns.set(column.name, column);
  return [name, columns] as const;
});

interface SchemaColumn {
  readonly name: string;
  /** What a domain is made of. */
  readonly type: string;
  readonly isNullable: boolean;
}

function columnsOf(table: string): Promise<SchemaColumn[]> {
  return query<SchemaColumn>(
    `select attname as name, not attnotnull as "isNullable",
      format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null) as type
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
}

async function typeNamed(name: string | undefined): Promise<string | undefined> {
  const [row] = await query<{ type: string }>(`select format_type(to_regtype($1), null) as type`, [name]);
  return row?.type;
}

/** The columns of each unique index of a table, or of its partitions where it has none itself. */
async function keysOf(table: string): Promise<string[][]> {
  const keys = `select array(
      select attname from unnest(indkey) with ordinality k (number, place)
        join pg_attribute on attrelid = indrelid and attnum = k.number order by place
    )::text[] as columns from pg_index where indisunique and indrelid`;
  const own = await query<{ columns: string[] }>(`${keys} = $1::regclass`, [table]);
  const found =
    own.length > 0
      ? own
      : await query<{ columns: string[] }>(
          `${keys} in (select inhrelid from pg_inherits where inhparent = $1::regclass)`,
          [table],
        );
  return found.map(({ columns }) => columns);
}

describe('the tables of the database', () => {
  it('are all listed with their owner', async () => {
    const rows = await query<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where ${OURS} and relkind in ('r', 'p') and not relispartition`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual([...TABLE_OWNERS.keys()].sort());
  });

  it.each([...TABLE_OWNERS].filter(([, owner]) => owner === 'account'))(
    '%s, which accounts own, has nothing unique but within an account',
    async (table) => {
      const keys = await keysOf(table);
      expect(keys).not.toEqual([]);
      expect([...new Set(keys.map(([first]) => first))]).toEqual(['account_id']);
    },
  );

  it('refer to none of another owner', async () => {
    const rows = await query<{ name: string; from: string; to: string }>(
      `select conname as name, conrelid::regclass::text as from, confrelid::regclass::text as to
      from pg_constraint where contype = 'f'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ from, to }) => TABLE_OWNERS.get(from) !== TABLE_OWNERS.get(to))).toEqual([]);
  });

  it('number no rows by a sequence, which would not know of those elsewhere', async () => {
    expect(
      await query(`select relname from pg_class c join pg_namespace n on n.oid = relnamespace
        where ${OURS} and relkind = 'S'`),
    ).toEqual([]);
  });

  it('use types and functions of the schema public', async () => {
    expect(
      await query(
        `select typname as name from pg_type t join pg_namespace n on n.oid = typnamespace
        where ${OURS} and n.nspname <> 'public'
        union all
        select proname from pg_proc p join pg_namespace n on n.oid = pronamespace where ${OURS} and n.nspname <> 'public'`,
      ),
    ).toEqual([]);
  });
});

describe('the description of', () => {
  it.each(described)('%s has every column', async (table, columns) => {
    const inSchema = await columnsOf(table);
    expect([...columns.keys()].sort()).toEqual(inSchema.map(({ name }) => name).sort());
  });

  it.each(described)('%s has the type of every column, and says which may be null', async (table, columns) => {
    for (const { name, type, isNullable } of await columnsOf(table)) {
      const column = columns.get(name);
      expect({ name, type: await typeNamed(column?.kind.type) }).toEqual({ name, type });
      if (isNullable) expect({ name, isNullable: column?.role.isNullable }).toEqual({ name, isNullable });
    }
  });

  it.each(described)('%s finds rows by a key of the table', async (table, columns) => {
    const key = [...columns.values()].filter(({ role }) => role.isKey).map(({ name }) => name);
    expect(await keysOf(table)).toContainEqual(key);
  });
});

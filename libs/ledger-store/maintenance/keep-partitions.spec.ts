import { connect, type Pool } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { keepPartitions } from './keep-partitions.ts';

describe('partitions', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = connect(database.url, { log: (line) => process.stderr.write(`${line}\n`) });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function partitionsOf(table: string): Promise<string[]> {
    const { rows } = await pool.query<{ name: string }>(
      'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1',
      [table],
    );
    return rows.map(({ name }) => name);
  }

  it('are there for this month and three ahead, in every table that grows with time', async () => {
    await keepPartitions(pool, { idempotencyDays: 7 });
    const { rows } = await pool.query<{ month: string }>(
      `select to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => step), 'YYYY_MM') as month
        from generate_series(0, 3) step`,
    );
    for (const table of ['transfers', 'authorizations']) {
      const expected = rows.map(({ month }) => `${table}_${month}`);
      expect(await partitionsOf(table)).toEqual([...expected, `${table}_default`].sort());
    }
  });

  it('of idempotency keys are dropped once every key in them is older than asked for, and not a day sooner', async () => {
    await pool.query(`select make_partitions(timestamptz '2026-01-07 12:00Z', 0)`);
    const table = 'idempotency_keys_2026_w02'; // Monday 5 to Sunday 11 January
    const drop = async (instant: string) =>
      (await pool.query(`select drop_old_idempotency_keys(interval '7 days', $1::timestamptz)`, [instant])).rows.length;
    expect(await partitionsOf('idempotency_keys')).toContain(table);
    expect(await drop('2026-01-18 23:59:59Z')).toBe(0);
    expect(await partitionsOf('idempotency_keys')).toContain(table);
    expect(await drop('2026-01-19 00:00:00Z')).toBe(1);
    expect(await partitionsOf('idempotency_keys')).not.toContain(table);
  });

  it('of idempotency keys are not vacuumed for what is added to them, those made later neither', async () => {
    await pool.query(`select make_partitions(timestamptz '2031-05-01 00:00Z', 0)`);
    const { rows } = await pool.query<{ name: string; is_left_alone: boolean }>(
      `select oid::regclass::text as name, 'autovacuum_vacuum_insert_threshold=-1' = any(reloptions) as is_left_alone
        from pg_class where oid in (select inhrelid from pg_inherits where inhparent = 'idempotency_keys'::regclass)`,
    );
    expect(rows.map(({ name }) => name)).toContain('idempotency_keys_2031_w18');
    expect(rows.filter((row) => !row.is_left_alone)).toEqual([]);
  });

  it('refuse TRUNCATE of transfers one by one, those made later too', async () => {
    await pool.query(`select make_partitions(timestamptz '2031-05-01 00:00Z', 0)`);
    for (const table of ['transfers', ...(await partitionsOf('transfers'))]) {
      await expect(pool.query(`truncate ${table}`)).rejects.toMatchObject({ constraint: 'transfers_are_append_only' });
    }
    expect(await partitionsOf('transfers')).toContain('transfers_2031_05');
  });
});

import { connect, type Pool } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { bootstrapKeys } from './bootstrap-keys.ts';
import { KeyRing } from './key-ring.ts';

describe('the admin keys of the environments', () => {
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

  const environmentOf = async (key: string): Promise<string | undefined> => {
    const ring = await KeyRing.open(pool, { log: () => undefined });
    const caller = ring.find(key);
    await ring.close();
    return caller?.environment;
  };
  const [A, B] = ['a'.repeat(24), 'b'.repeat(24)];

  it('are made once, where none is given, and only their hashes are kept', async () => {
    const made = await bootstrapKeys(pool, {});
    expect(made.map(({ environment }) => environment)).toEqual(['live', 'test']);
    for (const { environment, key } of made) {
      expect(key).toMatch(new RegExp(`^pur_${environment}_`));
      expect(await environmentOf(String(key))).toBe(environment);
    }
    expect((await bootstrapKeys(pool, {})).map(({ key }) => key)).toEqual([null, null]);
    const { rows } = await pool.query<{ row: string }>('select api_keys::text as row from api_keys');
    for (const { key } of made) expect(rows.map(({ row }) => row).join()).not.toContain(String(key));
  });

  it('are not made again where they were revoked, until one is given', async () => {
    await pool.query(`update api_keys set revoked_at = now(), version = version + 1 where environment = 'test'`);
    expect((await bootstrapKeys(pool, {})).map(({ key }) => key)).toEqual([null, null]);
    await bootstrapKeys(pool, { test: B });
    expect(await environmentOf(B)).toBe('test');
  });

  it('are replaced by those that are given, in either order', async () => {
    await bootstrapKeys(pool, { live: A, test: B });
    expect([await environmentOf(A), await environmentOf(B)]).toEqual(['live', 'test']);
    await bootstrapKeys(pool, { live: B, test: A });
    expect([await environmentOf(A), await environmentOf(B)]).toEqual(['test', 'live']);
  });

  it('cannot be the same: the message names the variables and shows no hash', async () => {
    await expect(bootstrapKeys(pool, { live: A })).rejects.toThrow(
      /PURSER_ADMIN_KEY.*already the key of something else/,
    );
    expect(await environmentOf(A)).toBe('test');
  });
});

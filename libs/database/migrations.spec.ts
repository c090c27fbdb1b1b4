import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { createEmptyDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { connect, type Pool } from './connect.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

/** The last migration of the version that is in use, whose tables may be large. */
const IN_USE = '0017_hold_lifetime';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createEmptyDatabase();
  pool = connect(database.url, { connectionsMax: 1, log: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('migrations', () => {
  it('read and write anew no row of a table that is in use', async () => {
    await migrateTo(IN_USE);
    const { rows } = await pool.query<{ name: string }>('select relname as name from pg_class');
    const inUse = new Set(rows.map(({ name }) => name));
    const passes: string[] = [];
    const client = await pool.connect();
    client.on('notice', ({ message = '' }) => {
      const [, how = '', table = ''] = /^(rewriting|verifying) table "(.*)"$/.exec(message) ?? [];
      if (inUse.has(table)) passes.push(`${how} ${table}`);
    });
    // At this level Postgres tells which tables it goes through.
    await client.query('set client_min_messages = debug1');
    client.release();
    expect(await migrate(pool, { log: () => undefined })).toContain('0021_commitments');
    expect(passes).toEqual([]);
  });
});

async function migrateTo(name: string): Promise<void> {
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: 'purser_migration',
    migrationLockTableName: 'purser_migration_lock',
  });
  const { error } = await migrator.migrateTo(name);
  if (error !== undefined) throw new Error(`${name} could not be reached`, { cause: error });
}

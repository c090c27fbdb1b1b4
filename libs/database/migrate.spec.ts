import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Pool } from './connect.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

const log = (): void => {};
let dataDir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-migrate-'));
  postgres = await startEmbeddedPostgres({ dataDir, log });
  pool = connect(postgres.url, { log });
});

afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(dataDir, { recursive: true });
});

describe('migrate', () => {
  it('runs every migration once, also when several processes start together', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => migrate(pool, { log })));
    expect(ran.flat()).toEqual(Object.keys(migrations));
  });

  it('does nothing on a database that is up to date', async () => {
    expect(await migrate(pool, { log })).toEqual([]);
  });

  it('refuses a database that a newer version has migrated, and names the migration', async () => {
    await pool.query(`insert into purser_migration (name, timestamp) values ('9999_future', now()::text)`);
    await expect(migrate(pool, { log })).rejects.toThrow(/newer than this version of Purser: it has 9999_future/);
    await pool.query(`delete from purser_migration where name = '9999_future'`);
  });

  it('says which server it could not reach, without its password', async () => {
    const nowhere = connect('postgres://purser:hunter2@127.0.0.1:1/purser', { log });
    const failure = migrate(nowhere, { log });
    await expect(failure).rejects.toThrow(
      /^Can't use the Postgres at 127.0.0.1:1\/purser: .*ECONNREFUSED.*DATABASE_URL/,
    );
    await expect(failure).rejects.not.toThrow(/hunter2/);
    await nowhere.end();
  });

  it('says so where the password is wrong', async () => {
    const url = new URL(postgres.url);
    url.password = 'wrong';
    const stranger = connect(url.href, { log });
    await expect(migrate(stranger, { log })).rejects.toThrow(/password authentication failed/);
    await stranger.end();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMigrated } from './check-migrated.ts';
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
  it('by a role that may not make roles says what an administrator has to do, and where that is described', async () => {
    await pool.query(`create role plain login password 'plain'`);
    await pool.query('grant plain to purser');
    await pool.query('create database plain owner plain');
    const url = new URL(postgres.url);
    Object.assign(url, { username: 'plain', password: 'plain', pathname: '/plain' });
    const plain = connect(url.href, { log });
    const advice = /create role purser_app nologin.*grant purser_app to.*docs\/operations\/roles\.md/s;
    await expect(migrate(plain, { log })).rejects.toThrow(advice);
    await pool.query('create role purser_app nologin');
    await expect(migrate(plain, { log })).rejects.toThrow(advice);
    await pool.query('grant purser_app to plain');
    expect(await migrate(plain, { log })).toEqual(Object.keys(migrations));
    await plain.end();
  });

  it('runs every migration once, also when several processes start together', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => migrate(pool, { log })));
    expect(ran.flat()).toEqual(Object.keys(migrations));
  });

  it('leaves no process to a role that isn’t a member of purser_app, and says who has to grant what', async () => {
    await pool.query(`create role stranger login password 'stranger'`);
    const url = new URL(postgres.url);
    Object.assign(url, { username: 'stranger', password: 'stranger' });
    const stranger = connect(url.href, { log });
    await expect(checkMigrated(stranger)).rejects.toThrow(/grant purser_app to stranger".*docs\/operations\/roles\.md/);
    await pool.query('grant purser_app to stranger');
    await checkMigrated(stranger);
    await stranger.end();
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

import { connect, type Pool } from '#database';
import { verify } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.ts';
import { balanceOf, charge, openAccount } from '../support/ledger-steps.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.ts';
import { eventually } from '../support/eventually.ts';
import { startPooler } from './pooler.ts';
import { makeFolder } from './make-folder.ts';
import { purser, PurserRun } from './purser-run.ts';

const KEY = 'the-admin-key-of-a-deployment';
const noStack = /^ +at /m;

let database: TestDatabase;
let pool: Pool;
const running: PurserRun[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  pool = connect(database.url, { connectionsMax: 1, log: (line) => process.stderr.write(`${line}\n`) });
});
afterAll(async () => {
  await Promise.all(running.map((run) => run.end('SIGKILL')));
  await pool.end();
  await database.drop();
});

async function start(command: string): Promise<PurserRun> {
  const run = await PurserRun.start([command], { DATABASE_URL: database.url, PORT: '0' });
  running.push(run);
  return run;
}

async function startApi(): Promise<{ readonly run: PurserRun; readonly client: ApiClient }> {
  const run = await start('api');
  const [, url = ''] = await run.writes(/^ready on (\S+)\n/m);
  return { run, client: new ApiClient(url, KEY) };
}

/** A role that may log in and do what is said, until the end of the test. `end` takes back what would keep it. */
async function makeRole(may: { readonly role: string; readonly by: string; readonly end?: string }) {
  const name = `${may.role}_${randomBytes(4).toString('hex')}`;
  const statement = (sql: string): Promise<unknown> => pool.query(sql.replace(may.role, name));
  await pool.query(`create role ${name} login password 'secret'`);
  await statement(may.by);
  const url = new URL(database.url);
  url.username = name;
  url.password = 'secret';
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      if (may.end !== undefined) await statement(may.end);
      await pool.query(`drop role ${name}`);
    },
  };
}

/** The specs go through the life of one deployment, in order. */
describe('purser api and purser worker', () => {
  it.each(['api', 'worker'])(
    '%s refuses to run without a database that others can reach, and says so',
    async (command) => {
      const { code, out, err } = await purser([command]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^ {2}DATABASE_URL must be set, .*e\.g\. DATABASE_URL=postgres:\/\//m);
      expect(err).not.toMatch(noStack);
    },
  );

  it.each(['api', 'worker'])(
    '%s refuses a database that was not migrated, says what to run, changes nothing',
    async (command) => {
      const { code, out, err } = await purser([command], { DATABASE_URL: database.url, PORT: '0' });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/lacks migrations .*0001_ledger, .*Run 'purser migrate'/);
      expect(err).not.toMatch(noStack);
      const { rows } = await pool.query(`select from pg_tables where schemaname = 'public'`);
      expect(rows).toHaveLength(0);
    },
  );

  it('serve one ledger together once it is migrated, the keys being those that the migration was given', async () => {
    const migrated = await purser(['migrate'], { DATABASE_URL: database.url, PURSER_ADMIN_KEY: KEY });
    expect(migrated.out).toContain('admin key (live): the one in PURSER_ADMIN_KEY\n');
    const worker = await start('worker');
    await worker.writes(/^working\n/m);
    const [one, other] = await Promise.all([startApi(), startApi()]);

    const account = await openAccount(one.client, { credits: '10' });
    await charge(other.client, account, '2.5');
    expect((await balanceOf(one.client, account)).posted).toBe('7.5');
    await Promise.all([one.client.close(), other.client.close()]);
  });

  it('need no more than the roles of docs/operations/roles.md: the API that of the service, verify and export one that reads', async () => {
    await using api = await makeRole({ role: 'purser_api', by: 'grant purser_app to purser_api' });
    const run = await PurserRun.start(['api'], { DATABASE_URL: api.url, PORT: '0' });
    running.push(run);
    const [, url = ''] = await run.writes(/^ready on (\S+)\n/m);
    const client = new ApiClient(url, KEY);
    expect(await charge(client, await openAccount(client, { credits: '3' }), '1')).toMatchObject({ committed: '1' });
    await client.close();
    expect(await run.end('SIGTERM')).toMatchObject({ code: 0, err: '' });

    await using auditor = await makeRole({
      role: 'purser_auditor',
      by: 'grant select on all tables in schema public to purser_auditor',
      end: 'revoke all on all tables in schema public from purser_auditor',
    });
    expect(await purser(['verify'], { DATABASE_URL: auditor.url })).toMatchObject({
      code: 0,
      err: expect.stringContaining('The result was not noted'),
    });
    const folder = await makeFolder('auditor');
    expect(await purser(['export', join(folder, 'purser.export')], { DATABASE_URL: auditor.url })).toMatchObject({
      code: 0,
      err: '',
    });
    await rm(folder, { recursive: true });
  });

  it.each(['refuses', 'ignores'] as const)(
    'do not run behind a pooler that %s the settings of their connections: the role that they take on is one of them',
    async (manner) => {
      await using pooler = await startPooler(database.url, manner);
      const { code, out, err } = await purser(['api'], { DATABASE_URL: pooler.url, PORT: '0' });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/a pooler stands in between.*Let DATABASE_URL lead to Postgres itself\.\n$/);
      expect(err).not.toMatch(noStack);
    },
  );

  it('start again, also on a database that a newer version has migrated', async () => {
    await pool.query(`insert into purser_migration (name, timestamp) values ('9999_of_a_newer_version', now()::text)`);
    const { client } = await startApi();
    expect(await balanceOf(client, await openAccount(client, { credits: '1' }))).toMatchObject({ posted: '1' });
    await client.close();
  });

  it('keep partitions ahead: the worker alone makes those that are missing', async () => {
    const missing = await pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
      where inhparent = 'transfers'::regclass and inhrelid::regclass::text <> 'transfers_default' order by 1 desc limit 1`,
    );
    const name = missing.rows[0]?.name ?? '';
    await pool.query(`drop table ${name}`);
    await start('worker');
    await eventually('the worker has made the partition', async () => {
      const { rows } = await pool.query<{ is_there: boolean }>(`select to_regclass($1) is not null as is_there`, [
        name,
      ]);
      return rows[0]?.is_there === true;
    });
  });

  it('end with 0 at SIGTERM, with the books in order', async () => {
    const ended = await Promise.all(running.map((run) => run.end('SIGTERM')));
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(ended.map(() => ({ code: 0, err: '' })));
    expect(await verify(pool)).toMatchObject({ clean: true });
  });
});

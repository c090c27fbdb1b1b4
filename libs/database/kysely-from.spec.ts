import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql, type Kysely } from 'kysely';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Pool } from './connect.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
import { kyselyFrom } from './kysely-from.ts';

interface Schema {
  fruit: { id: string; name: string };
}

const log = (): void => {};
let dataDir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;
let db: Kysely<Schema>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-kysely-'));
  postgres = await startEmbeddedPostgres({ dataDir, log });
  pool = connect(postgres.url, { connectionsMax: 1, log });
  db = kyselyFrom<Schema>(pool);
  await pool.query(`create table fruit (id int8 primary key, name text not null)`);
});

afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(dataDir, { recursive: true });
});

describe('kyselyFrom', () => {
  it('prepares a statement once per connection, under a name', async () => {
    for (const id of ['1', '2'])
      await db
        .insertInto('fruit')
        .values({ id, name: `fruit ${id}` })
        .execute();
    const { rows } = await pool.query<{ name: string }>(
      `select name from pg_prepared_statements where statement like 'insert into "fruit"%'`,
    );
    expect(rows).toEqual([{ name: expect.stringMatching(/^purser_[0-9a-f]{24}$/) }]);
  });

  it('counts the rows it changed', async () => {
    const { numDeletedRows } = await db.deleteFrom('fruit').where('id', '=', '2').executeTakeFirstOrThrow();
    expect(numDeletedRows).toBe(1n);
  });

  it('rolls a failed transaction back', async () => {
    const failing = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('fruit').values({ id: '7', name: 'lost' }).execute();
      await sql`select 1 / ${0}::int`.execute(transaction);
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await db.selectFrom('fruit').select('id').where('id', '=', '7').execute()).toEqual([]);
  });

  it('drops a connection whose prepared statement a migration has outdated', async () => {
    const readAll = () => db.selectFrom('fruit').selectAll().where('id', '=', '1').execute();
    await readAll();
    await pool.query('alter table fruit add column colour text');
    await expect(readAll()).rejects.toThrow('cached plan must not change result type');
    expect(await readAll()).toEqual([{ id: '1', name: 'fruit 1', colour: null }]);
  });

  it('sends statements together on a pipelining pool, each answer to its own', async () => {
    const pipelined = connect(postgres.url, { connectionsMax: 1, pipeline: true, log });
    const numbers = await kyselyFrom<Schema>(pipelined)
      .transaction()
      .execute((transaction) =>
        Promise.all([1, 2, 3].map((number) => sql<{ n: number }>`select ${number}::int as n`.execute(transaction))),
      );
    expect(numbers.map(({ rows }) => rows[0]?.n)).toEqual([1, 2, 3]);
    await pipelined.end();
  });

  it('leaves the pool open when destroyed', async () => {
    await kyselyFrom<Schema>(pool).destroy();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

import { connect, type Pool } from '#database';
import { accountKey, newUuid } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { change } from '../change/change.ts';
import { chargeEach, authorize, charge, createAccount } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { keyOf, render, said, TestLedger } from '../testing/test-ledger.ts';

const KEYS = 60;

let database: TestDatabase;
let engines: readonly [TestLedger, TestLedger];
let books: TestBooks;
let pool: Pool;

/** Every other key is written to the week before: whichever process comes second is on the other side of the border. */
beforeEach(async () => {
  database = await createTestDatabase();
  engines = [new TestLedger(database.url), new TestLedger(database.url)];
  books = new TestBooks(database.url);
  pool = connect(database.url, { settings: { role: 'purser_app' }, log: () => undefined });
  await books.pool.query(`
    select make_partitions(now() - interval '7 days', 0);
    create sequence written;
    grant usage on written to purser_app;
    alter table idempotency_keys alter column created_at
      set default clock_timestamp() - nextval('written') % 2 * interval '7 days'`);
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await pool.end();
  await books.close();
  await database.drop();
});

async function everyKeyIsThereOnce(keys: number): Promise<void> {
  const { rows } = await books.pool.query<{ keys: string; rows: string; weeks: string }>(
    `select count(distinct (account_id, key)) as keys, count(*) as rows, count(distinct tableoid) as weeks from idempotency_keys`,
  );
  expect(rows).toEqual([{ keys: String(keys), rows: String(keys), weeks: '2' }]);
}

describe('a key that two processes use at once, on both sides of the border between two weeks', () => {
  it('has one effect, for what is decided ahead and for batches', async () => {
    await engines[0].account('a', '1000');
    for (const command of [charge('a', '1'), authorize('a', '1'), chargeEach(['a', 'a'], '1')]) {
      await Promise.all(
        Array.from({ length: KEYS }, async (_, n) => {
          const key = `${command.type} ${String(n)}`;
          const answers = await Promise.all(engines.map((engine) => engine.ask(command, key)));
          expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
          expect(answers.filter(({ replayed }) => replayed)).toHaveLength(1);
        }),
      );
    }
    await everyKeyIsThereOnce(3 * KEYS);
    expect(await books.spent('a')).toBe(String(3 * KEYS));
    expect(await books.count('holds')).toBe(KEYS);
  });

  it('makes one account, though no account’s lock stands between them', async () => {
    const made = await Promise.all(
      Array.from({ length: KEYS }, (_, n) =>
        Promise.all(
          engines.map((engine, at) => engine.ask(createAccount(`a${String(n)} ${String(at)}`), `k${String(n)}`)),
        ),
      ),
    );
    for (const answers of made) {
      expect(answers.map(({ code }) => code).sort()).toEqual(['idempotency_key_reused', 'ok']);
    }
    expect(await books.count('accounts')).toBe(KEYS);
    await everyKeyIsThereOnce(KEYS);
  });

  it('makes an account or changes a setting, not both', async () => {
    const [engine] = engines;
    const actor = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
    const outcomes = await Promise.all(
      Array.from({ length: KEYS }, async (_, n) => {
        const command = createAccount(`a${String(n)}`);
        const key = keyOf(command, `k${String(n)}`);
        const setting = { ...key, fingerprint: randomUUID(), scope: accountKey('live', ''), secret: null };
        const [account, changed] = await Promise.all([
          engine.engine.submit({ command, key, render }),
          change<never>(pool, { environment: 'live', actor, key: setting }, () =>
            Promise.resolve({ ok: true, answer: { status: 200, body: 'set' }, audited: [] }),
          ),
        ]);
        return [said(account).code, typeof changed === 'string' ? changed : 'ok'].sort();
      }),
    );
    expect(outcomes).toEqual(Array.from({ length: KEYS }, () => ['idempotency_key_reused', 'ok']));
    await everyKeyIsThereOnce(KEYS);
  });
});

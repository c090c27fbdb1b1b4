import { newUuid, type Command } from '#ledger';
import { NO_STORE_RULES } from '../prices/price-source.ts';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { AccountCache } from '../load/account-cache.ts';
import { BatchRefused } from '../load/guards.ts';
import { DESCRIBED_TABLES } from '../tables/table-owners.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { keyOf, render } from '../testing/test-ledger.ts';
import { decideAhead } from './decide-ahead.ts';
import { ledgerPool } from './ledger-pool.ts';
import { Pipeline } from './pipeline.ts';
import { runLocked, type FinishedBatch } from './run-locked.ts';
import { queued, type Queued } from './submission.ts';

let database: TestDatabase;
let books: TestBooks;
beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await books.close();
  await database.drop();
});

const actor = { keyId: newUuid(Date.now()), keyName: 'spec', call: 'PATCH /v1/accounts/{account}', requestId: 'r' };

function asked(command: Command, key: string | null = null): Queued {
  return queued({ command, key: key === null ? null : keyOf(command, key), render, actor });
}

/** Everything that stands in the tables of the ledger. */
async function contents(): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { name } of DESCRIBED_TABLES) {
    all[name] = await books.value(`select coalesce(string_agg(t::text, e'\\n' order by t::text), '') from ${name} t`);
  }
  return all;
}

it('writes nothing to any table, though it is committed', async () => {
  const pool = ledgerPool(database.url, 2, () => undefined);
  const rules = { ...NO_STORE_RULES, alertRules: new Map([['live', { percent: [50], remaining: [], runOutDays: 0 }]]) };
  const cache = new AccountCache({ rules });
  const run = (cached: AccountCache, command: Command): Promise<FinishedBatch> =>
    runLocked(pool, [asked(command)], { cache: cached });
  await run(cache, createAccount('a'));
  await run(cache, createGrant('a', '100'));
  const authorized = [await run(cache, authorize('a', '5')), await run(cache, authorize('a', '5'))];
  const [closing, extended] = authorized.map(({ answers }) => {
    const { authorization } = JSON.parse(answers[0]?.body ?? '') as { authorization: { id: string } };
    return authorization.id;
  }) as [string, string];
  const { now } = await run(cache, charge('a', '1000'));
  await run(new AccountCache(), charge('a', '1'));

  const { account } = createAccount('a');
  const { terms } = createAccount('a', { overdraftLimit: '1' });
  const decided = decideAhead(
    cache,
    [
      asked(charge('a', '60'), 'charge'),
      asked(authorize('a', '5')),
      asked(commit(closing, '4')),
      asked({ type: 'extend', authorization: { environment: 'live', id: extended }, amount: null, holdSeconds: 1000 }),
      asked(createGrant('a', '1'), 'grant'),
      asked({ type: 'update_account', account, terms }),
      asked(charge('a', '1000')),
    ],
    now + 1,
    1,
  );
  expect(decided.writes.map(({ name }) => name).sort()).toEqual([
    'count_declines',
    'delete_holds',
    'insert_alerts',
    'insert_audit_log',
    'insert_authorizations',
    'insert_events',
    'insert_grants',
    'insert_holds',
    'insert_idempotency_keys',
    'insert_idempotency_keys_kept',
    'insert_transfers',
    'update_accounts_alert_rules',
    'update_accounts_debt',
    'update_accounts_written_off',
    'update_grants_remaining',
    'update_holds_amount',
  ]);
  const before = await contents();
  const pipeline = new Pipeline(pool);
  await pipeline.open();
  const { guards, writes, accounts } = decided;
  const sent = pipeline.send({ guards, writes, accounts: new Set(accounts), weight: 7, liveWeight: 7 });
  await expect(sent).rejects.toEqual(new BatchRefused('accounts_changed', [account.key]));
  await pool.end();
  expect(await contents()).toEqual(before);
});

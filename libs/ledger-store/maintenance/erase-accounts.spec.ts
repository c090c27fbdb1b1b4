import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { Amount, type JsonObject } from '#amounts';
import { accountKey, ownRulesFrom, type AccountRef, type Budget } from '#ledger';
import type { Actor } from '../engine/submission.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { keyOf, render, TestLedger } from '../testing/test-ledger.ts';
import { eraseAccounts } from './erase-accounts.ts';
import { eraseAccountsChore } from './erase-accounts.chore.ts';

const SECRET = 'ann@example.com';
/** A user who is suspended by a rule. */
const SUSPENDED = `bot of ${SECRET}`;
const ACTOR: Actor = { keyId: '01920000-0000-7000-8000-000000000001', keyName: 'admin', call: 'POST', requestId: 'r' };

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

function ref(id: string): AccountRef {
  return { environment: 'live', id, key: accountKey('live', id) };
}

/** A charge whose every part carries the secret. */
function spending(id: string, metadata: JsonObject) {
  return {
    ...charge(id, '1', metadata),
    tags: { user: SECRET },
    group: SECRET,
    usage: [{ event: 'chat', properties: { user: SECRET } }],
    raw: { answers: [{ vendor: 'openai', raw: { id: SECRET } }] },
  };
}

/** A budget of each user, of some users. */
function budgetOf(user: string): Budget {
  return {
    name: user,
    id: '01920000-0000-7000-8000-000000000009',
    amount: new Amount(90_000),
    expected: new Amount(1),
    period: 'total',
    anchor: null,
    timeZone: null,
    mode: 'hard',
    scope: { user: [user] },
    per: 'user',
    thresholds: [50, 100],
    until: null,
    raise: null,
    owner: 'operator',
    createdAt: 0,
  };
}

/** What a rule has found of a user, which it suspends for good. */
async function suspendUser(id: string): Promise<void> {
  const rules = ownRulesFrom({ loop: [{ times: 30, action: 'suspend', tag: 'user' }] });
  await ledger.do({ type: 'set_rules', account: ref(id), rules });
  const [rule] = rules.loop ?? [];
  if (!rule) throw new Error('there is no rule');
  const finding = { kind: 'loop', rule, value: SUSPENDED, windowStart: 0, requests: 31 } as const;
  await ledger.do({ type: 'restrain', account: ref(id), finding });
}

/** An account whose every part carries the secret. @returns the id of one of its charges */
async function accountWithHistory(id: string, charges: number): Promise<string> {
  const metadata = { mail: SECRET };
  const create = createAccount(id, { metadata });
  await ledger.engine.submit({ command: create, key: null, render, actor: ACTOR });
  const rename = { type: 'update_account', account: ref(id), terms: { name: SECRET } } as const;
  await ledger.engine.submit({ command: rename, key: keyOf(rename, `u ${id}`), render, actor: ACTOR });
  const grant = { ...createGrant(id, '5000'), metadata, scope: { tags: { user: SECRET } } };
  await ledger.engine.submit({ command: grant, key: keyOf(grant, `g ${id}`), render, actor: ACTOR });
  const put = { type: 'put_budget', account: ref(id), budget: budgetOf(SECRET), mustBeNew: true } as const;
  await ledger.engine.submit({ command: put, key: keyOf(put, `b ${id}`), render, actor: ACTOR });
  const tooMuch = { ...spending(id, metadata), amount: new Amount(100_000) };
  await ledger.engine.submit({ command: tooMuch, key: keyOf(tooMuch, `d ${id}`), render });
  await suspendUser(id);
  const other = { ...spending(id, metadata), tags: { session: SECRET, user: SUSPENDED } };
  await ledger.engine.submit({ command: other, key: keyOf(other, `s ${id}`), render });
  const spend = spending(id, metadata);
  const made = await Promise.all(
    Array.from({ length: charges }, (_, at) => ledger.do<'charge'>(spend, `charge ${id} ${String(at)}`)),
  );
  await ledger.do({ type: 'close_account', account: ref(id), remainder: 'breakage' });
  return made[0]?.authorization.id ?? '';
}

async function rowsIn(table: string, where = 'true'): Promise<number> {
  return Number(await books.value(`select count(*) from ${table} where ${where}`));
}

/** The tables in which the secret still stands. */
async function tablesWithSecret(): Promise<string[]> {
  const { rows } = await books.pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
      and relnamespace = 'public'::regnamespace`,
  );
  const found = await Promise.all(
    rows.map(async ({ name }) => ((await rowsIn(name, `${name}::text like '%${SECRET}%'`)) > 0 ? [name] : [])),
  );
  return found.flat().sort();
}

async function eraseAll(): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { erased, isMore } = await eraseAccounts(ledger.engine, books.pool);
    ids.push(...erased.map(({ id }) => id));
    if (!isMore) return ids;
  }
}

it('erases names, metadata and tags from every table, and leaves amounts and books as they were', async () => {
  await accountWithHistory('ann', 20);
  expect(await tablesWithSecret()).toEqual([
    'accounts',
    'audit_log',
    'authorizations',
    'counters',
    'events',
    'grants',
    'idempotency_keys',
    'idempotency_keys_kept',
    'usage_records',
  ]);
  const sums = 'select count(*) || $$ $$ || sum(amount) from transfers';
  const before = await books.value(sums);
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  expect(await eraseAll()).toEqual(['ann']);
  expect(await tablesWithSecret()).toEqual([]);
  expect(await books.value(sums)).toBe(before);
  expect(await books.count('accounts', 'erased_at is not null')).toBe(1);
  expect(await rowsIn('audit_log')).toBe(4);
});

it('answers a request again with what is left of its first answer, and does nothing twice', async () => {
  const id = await accountWithHistory('ann', 2);
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  await eraseAll();
  const spend = spending('ann', { mail: SECRET });
  const again = await ledger.ask<'charge'>(spend, 'charge ann 0');
  expect(again).toMatchObject({ code: 'ok', replayed: true });
  expect(JSON.parse(again.body)).toMatchObject({ authorization: { id, amount: '1', tags: {}, metadata: {} } });
});

it('erases no other account', async () => {
  await accountWithHistory('ann', 2);
  await accountWithHistory('bob', 2);
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  expect(await eraseAll()).toEqual(['ann']);
  expect(await books.count('authorizations', `metadata::text like '%${SECRET}%'`)).toBe(2);
  expect(await rowsIn('audit_log', `before::text like '%${SECRET}%' or after::text like '%${SECRET}%'`)).toBe(4);
});

it('takes a long history in steps, goes on where it stopped, and may be run by several at once', async () => {
  await accountWithHistory('ann', 1_200);
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  const other = new TestLedger(database.url);
  await Promise.all([eraseAccounts(ledger.engine, books.pool), eraseAccounts(other.engine, books.pool)]);
  await other.stop();
  await eraseAll();
  expect(await tablesWithSecret()).toEqual([]);
  expect(await rowsIn('erasures')).toBe(0);
});

it('goes on after the last row that was erased', async () => {
  await accountWithHistory('ann', 10);
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  await books.pool.query(
    `insert into erasures select account_id, 'authorizations', id from authorizations order by id offset 4 limit 1`,
  );
  await eraseAll();
  expect(await books.count('authorizations', `metadata <> '{}'`)).toBe(5);
});

it('can be told from an open account only by being asked for', async () => {
  await accountWithHistory('ann', 1);
  expect(await eraseAccounts(ledger.engine, books.pool)).toEqual({ erased: [], isMore: false });
  const lines: object[] = [];
  const chore = eraseAccountsChore(ledger.engine, books.pool, { info: (fields) => lines.push(fields) });
  await ledger.do({ type: 'erase_account', account: ref('ann') });
  while (await chore.run(() => Promise.resolve()));
  expect(lines).toEqual([{ environment: 'live', account: 'ann' }]);
});

it('leaves nothing in the memory of a process that could be answered or stored again', async () => {
  await ledger.account('zed', '10');
  const { authorization } = await ledger.do<'authorize'>({
    ...authorize('zed', '4'),
    tags: { user: SECRET },
    metadata: { note: SECRET },
  });
  await ledger.do(commit(authorization.id, '4'), 'first');
  await ledger.do({ type: 'close_account', account: ref('zed'), remainder: 'breakage' });
  await ledger.do({ type: 'erase_account', account: ref('zed') });
  expect(await eraseAll()).toEqual(['zed']);
  const again = await ledger.ask(commit(authorization.id, '4'), 'second');
  expect(again.body).not.toContain(SECRET);
  expect(await tablesWithSecret()).toEqual([]);
});

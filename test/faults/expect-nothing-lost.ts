import { expect } from '@jest/globals';
import { text, units, type Units } from '../model/units.ts';
import type { Answer, ApiClient } from '../support/api-client.ts';
import { expectAccount } from '../support/expect-answer.ts';
import type { AuthorizationView, BalanceView, TransferView } from '../support/views.ts';
import { ExpectedBooks } from './expected-books.ts';
import type { Answered, Load } from './load.ts';
import type { DatabaseUnderTest } from './postgres-under-test.ts';

const REPLAYED_AT_ONCE = 200;

/** What is left of a load when its clients have stopped. */
type Ended = Pick<Load, 'accounts' | 'answered' | 'abandoned' | 'settle'>;

/**
 * After a fault, and when all clients have stopped: every answer that a client got stands, each request was carried out
 * once, one that no client heard of again was carried out whole or not at all, and the books are in order.
 *
 * @param instances every process of the service
 */
export async function expectNothingLost(
  load: Ended,
  postgres: DatabaseUnderTest,
  instances: readonly ApiClient[],
): Promise<void> {
  const [instance] = instances;
  if (!instance) throw new Error('there is no service to ask');
  await postgres.mustHaveCleanBooks();
  const books = new ExpectedBooks();
  for (const { answer, ...request } of load.answered) books.enter(request, answer);

  const left = await balancesOf(instance, load.accounts);
  const settled = await settleAbandoned(load, books, left);
  await expectBooks(instance, books);
  const all = [...load.answered, ...settled];
  // Each request used up its key once, and nothing was decided without one. (Keys of new accounts are kept elsewhere.)
  const keyed = all.filter(({ path }) => path !== '/v1/accounts');
  expect(await postgres.countKeys(load.accounts)).toBe(keyed.length);

  await expectReplays(instances, all);
  await expectBooks(instance, books);
  await postgres.mustHaveCleanBooks();
}

type Balances = Readonly<Record<string, Pick<BalanceView, 'posted' | 'held' | 'available'>>>;

/**
 * Asks again what was given up. What was carried out before, by the word of the answer, must be just what the balances
 * that the clients left behind had in addition to what was answered.
 */
async function settleAbandoned(load: Ended, books: ExpectedBooks, left: Balances): Promise<readonly Answered[]> {
  const settled: Answered[] = [];
  for (const request of load.abandoned) settled.push({ ...request, answer: await load.settle(request) });
  const wasDone = ({ answer }: Answered): boolean => answer.headers['idempotency-replayed'] === 'true';
  for (const { answer, ...request } of settled.filter(wasDone)) books.enter(request, answer);
  expect(left).toEqual(Object.fromEntries(books.accounts.map((account) => [account, books.balanceOf(account)])));
  for (const { answer, ...request } of settled.filter((one) => !wasDone(one))) books.enter(request, answer);
  return settled;
}

async function expectBooks(instance: ApiClient, books: ExpectedBooks): Promise<void> {
  for (const [account, balance] of Object.entries(await balancesOf(instance, books.accounts))) {
    expect({ account, ...balance }).toEqual({ account, ...books.balanceOf(account) });
    books.expectUnbrokenHistory(account);
  }
  const decided = await Promise.all(
    books.accounts.map((account) => listed<AuthorizationView>(instance, `/v1/authorizations?account=${account}`)),
  );
  const found = decided.flat().map((view) => [view.id, view] as const);
  expect(found).toHaveLength(books.authorizations.size);
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries([...books.authorizations].map(([id, { view }]) => [id, view])),
  );
  for (const account of books.accounts) await expectTransfers(instance, books, account);
}

/** What was moved for each authorization, and no more than that. */
async function expectTransfers(instance: ApiClient, books: ExpectedBooks, account: string): Promise<void> {
  const expected = new Map<string, Units>([['grant', books.grantedTo(account)]]);
  for (const [id, { standing, ...authorization }] of books.authorizations) {
    if (authorization.account !== account) continue;
    if (standing.committed > 0n) expected.set(`usage of ${id}`, standing.committed);
    if (standing.refunded > 0n) expected.set(`refund of ${id}`, standing.refunded);
  }
  const found = new Map<string, Units>();
  for (const transfer of await listed<TransferView>(instance, `/v1/accounts/${account}/transfers?`)) {
    const what = transfer.authorization === null ? transfer.kind : `${transfer.kind} of ${transfer.authorization}`;
    found.set(what, (found.get(what) ?? 0n) + units(transfer.amount));
  }
  expect(readable(found)).toEqual(readable(expected));
}

/** Each is answered as at first, to the last character, by what is remembered of it. */
export async function expectReplays(instances: readonly ApiClient[], answered: readonly Answered[]): Promise<void> {
  for (let from = 0; from < answered.length; from += REPLAYED_AT_ONCE) {
    const some = answered.slice(from, from + REPLAYED_AT_ONCE);
    const again = await Promise.all(some.map((one, index) => replay(instances[index % instances.length], one)));
    expect(again.map((answer) => answer.text)).toEqual(some.map(({ answer }) => answer.text));
    expect(again.map((answer) => answer.status)).toEqual(some.map(({ answer }) => answer.status));
    expect(again.every((answer) => answer.headers['idempotency-replayed'] === 'true')).toBe(true);
  }
}

async function replay(instance: ApiClient | undefined, { path, body, key }: Answered): Promise<Answer> {
  if (!instance) throw new Error('there is no service to ask');
  return instance.post(path, body, { key });
}

async function balancesOf(instance: ApiClient, accounts: readonly string[]): Promise<Balances> {
  const balances = await Promise.all(
    accounts.map(async (account) => {
      const { posted, held, available } = expectAccount(await instance.get(`/v1/accounts/${account}`), 200).balance;
      return [account, { posted, held, available }] as const;
    }),
  );
  return Object.fromEntries(balances);
}

/** A whole list. @param path with its question mark */
async function listed<View>(instance: ApiClient, path: string): Promise<View[]> {
  const all: View[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await instance.get(`${path}&limit=100${cursor}`);
    const page = body as { readonly data: View[]; readonly next_cursor: string | null };
    all.push(...page.data);
    if (page.next_cursor === null) return all;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

function readable(amounts: ReadonlyMap<string, Units>): Record<string, string> {
  return Object.fromEntries([...amounts].map(([what, amount]) => [what, text(amount)]));
}

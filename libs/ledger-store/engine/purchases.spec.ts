import { connect, type Pool } from '#database';
import { accountKey, type AccountDecision } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { AccountReader } from '../read/account-reader.ts';
import { PurchaseReader } from '../read/purchase-reader.ts';
import { authorize, charge, commit } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import {
  beginPurchase,
  recordDispute,
  recordPayment,
  refundPurchase,
  settleRefund,
} from '../testing/purchase-commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const ACME = { environment: 'live', id: 'acme', key: accountKey('live', 'acme') };
const CLOSE = { type: 'close_account', account: ACME, remainder: 'return' } as const;

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
  await ledger.account('acme');
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await pool.end();
  // Fails unless every purchase is what its grants and transfers say.
  await books.close();
  await database.drop();
});

async function buy(credits = '100', bonus = '0'): Promise<string> {
  const { purchase } = await ledger.do(beginPurchase('acme', credits, bonus));
  return purchase.id;
}

async function bought(credits = '100', bonus = '0'): Promise<string> {
  const id = await buy(credits, bonus);
  await ledger.do(recordPayment(id));
  return id;
}

async function accountAt(at: number | null): Promise<AccountDecision> {
  const reader = new AccountReader(pool);
  const found = await (at === null ? reader.find(ACME) : reader.findAt(ACME, at));
  if (found === null || found === 'future') throw new Error('the account has no balance then');
  return found;
}

/** `<posted> − <held>` */
async function balance(at: number | null = null): Promise<string> {
  const { posted, held } = (await accountAt(at)).balance;
  return `${posted.toFixed()} − ${held.toFixed()}`;
}

describe('a payment', () => {
  it('that two processes report at once grants once', async () => {
    const id = await buy('100', '20');
    await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? ledger : other).do(recordPayment(id))));
    expect(await books.count('grants')).toBe(2);
    expect(await balance()).toBe('120 − 0');
    expect(await books.value(`select count(*) from events where type = 'topup.succeeded'`)).toBe('1');
  });

  it('is the only one of an account that is under way, whoever begins it', async () => {
    const asked = Array.from({ length: 20 }, (_, at) => (at % 2 ? ledger : other).ask(beginPurchase('acme', '5')));
    const codes = (await Promise.all(asked)).map(({ code }) => code).sort();
    expect(codes).toEqual(['ok', ...Array.from({ length: 19 }, () => 'topup_under_way')]);
  });

  it('is kept from being a second one by the database, too', async () => {
    await buy();
    const copy = `insert into purchases select (jsonb_populate_record(p, '{"id": "01920000-0000-7000-8000-000000000001"}')).*
      from purchases p`;
    await expect(books.pool.query(copy)).rejects.toMatchObject({ constraint: 'purchases_under_way' });
  });

  it('that has failed makes room for another, in the same batch', async () => {
    const id = await buy();
    const failed = recordPayment(id, { status: 'failed', failure: { code: 'card_declined', message: 'No.' } });
    const [, next] = await Promise.all([ledger.do(failed), ledger.do(beginPurchase('acme', '7'))]);
    expect(next.purchase.status).toBe('pending');
  });

  it('is read with what has become of it', async () => {
    const id = await bought('100', '20');
    const reader = new PurchaseReader(pool);
    const found = await reader.find('live', id);
    expect(found).toMatchObject({ account: 'acme', purchase: { id, status: 'succeeded', reference: 'pi_1' } });
    expect(await reader.find('test', id)).toBeNull();
    expect(await reader.findByReference('test', 'pi_1')).toEqual(found);
    const page = { after: null, limit: 10 };
    const all = { account: null, status: null, automatic: null, provider: null, from: null, to: null };
    await buy('1');
    expect((await reader.list('live', all, page)).items).toHaveLength(2);
    expect((await reader.list('live', { ...all, status: 'pending' }, page)).items).toHaveLength(1);
    expect((await reader.list('live', { ...all, automatic: true }, page)).items).toEqual([]);
  });
});

describe('a refund', () => {
  it('beside charges takes back only what they leave', async () => {
    const id = await bought();
    const charges = Array.from({ length: 10 }, () => ledger.ask(charge('acme', '7')));
    const [refund] = await Promise.all([other.ask(refundPurchase(id)), ...charges]);
    expect(['ok', 'purchase_not_refundable']).toContain(refund.code);
    expect(await balance()).toBe('0 − 0');
  });

  it('that two ask for at once is never of more than was bought', async () => {
    const id = await bought();
    const asked = [ledger, other].map((one) => one.ask(refundPurchase(id, '60')));
    expect((await Promise.all(asked)).map(({ code }) => code).sort()).toEqual(['ok', 'refund_exceeds_purchase']);
    expect(await balance()).toBe('40 − 0');
  });

  it('that fails gives the credits again', async () => {
    const id = await bought('100', '20');
    const { refund } = await ledger.do(refundPurchase(id));
    expect(await balance()).toBe('0 − 0');
    await other.do(settleRefund(id, refund ?? '', 'failed'));
    await ledger.do(charge('acme', '120'));
  });
});

describe('a dispute', () => {
  it('freezes what a cached account lets go, and leaves balances of the past as they were', async () => {
    const id = await bought();
    const { authorization } = await ledger.do(authorize('acme', '30'));
    await other.do(recordDispute(id, 'opened'));
    expect(await balance()).toBe('100 − 100');
    const { asOf: disputedAt } = await accountAt(null);
    await eventually(async () => (await accountAt(null)).asOf > disputedAt, 'that instant is over');
    await ledger.do(commit(authorization.id, '10'));
    expect(await ledger.ask(charge('acme', '1'))).toMatchObject({ code: 'insufficient_credits' });
    expect(await balance()).toBe('90 − 90');
    await other.do(recordDispute(id, 'won'));
    expect(await balance()).toBe('90 − 0');
    expect(await balance(disputedAt)).toBe('100 − 100');
    await ledger.do(charge('acme', '90'));
  });

  it('that is lost takes back what is left', async () => {
    const id = await bought();
    await ledger.do(charge('acme', '30'));
    await other.do(recordDispute(id, 'opened'));
    const { purchase } = await ledger.do(recordDispute(id, 'lost'));
    expect(purchase).toMatchObject({ status: 'refunded', refundedCredits: '70', lostCredits: '30' });
    expect(await balance()).toBe('0 − 0');
  });
});

describe('a closed account', () => {
  it('has no purchase under way, and lets a late payment go the way of its rest', async () => {
    const id = await buy();
    await ledger.do(CLOSE);
    expect((await new PurchaseReader(pool).find('live', id))?.purchase.status).toBe('failed');
    await other.do(recordPayment(id));
    expect(await balance()).toBe('0 − 0');
    expect(await books.count('transfers', `kind = 'grant_void'`)).toBe(1);
  });
});

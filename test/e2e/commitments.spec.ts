import { verify } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { units } from '../model/units.ts';
import { expectAccount, expectFaults, expectList, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';
import { adjust, chargeUsage, chat, commit, openPricedAccount } from '../support/usage-steps.ts';

const HOUR = 60 * 60;
const COMMITMENT = { amount: '100', period: 'month' } as const;

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(async () => {
  const { checks } = await verify(service.pool);
  await service.stop();
  expect(checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0)).toEqual([]);
});

async function now(): Promise<Date> {
  const { body } = await service.test.get('/v1/test-clock');
  return new Date((body as { readonly now: string }).now);
}

async function advance(seconds: number): Promise<void> {
  expect((await service.test.post('/v1/test-clock/advance', { seconds: Math.floor(seconds) })).status).toBe(200);
}

/** When the month after this one begins, by UTC; `months` later where that is said. */
function monthAfter(date: Date, months = 1): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months);
}

/** Moves time to the last hour of next month, so that a whole month lies between. */
async function toLastHourOfNextMonth(): Promise<void> {
  const today = await now();
  await advance((monthAfter(today, 2) - today.getTime()) / 1000 - HOUR);
}

async function transfersOf(account: string, kind: string) {
  const transfers = expectTransfers(await service.test.get(`/v1/accounts/${account}/transfers?limit=100`));
  return transfers.filter((transfer) => transfer.kind === kind);
}

async function eventsOf(account: string, type: string): Promise<readonly Record<string, unknown>[]> {
  const { data } = expectList(await service.test.get(`/v1/events?account=${account}&type=${type}`));
  return (data as unknown as { readonly data: Record<string, unknown> }[]).map((event) => event.data);
}

const patch = async (account: string, terms: unknown) =>
  expectAccount(await service.test.patch(`/v1/accounts/${account}`, terms), 200);

describe('the commitment of an account', () => {
  it('is null where nobody gives one, and is given, changed and taken away', async () => {
    const plain = await openAccount(service.test);
    expect(expectAccount(await service.test.get(`/v1/accounts/${plain}`), 200).commitment).toBeNull();
    const account = await openAccount(service.test, { commitment: { amount: '100.50' } });
    expect(await patch(account, { name: 'Acme' })).toMatchObject({ commitment: { amount: '100.5', period: 'month' } });
    expect(await patch(account, { commitment: COMMITMENT })).toMatchObject({ commitment: COMMITMENT });
    expect(await patch(account, { commitment: null })).toMatchObject({ commitment: null });
    const put = await service.test.send({
      method: 'PUT',
      path: `/v1/accounts/put-${account}`,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ commitment: COMMITMENT }),
    });
    expect(expectAccount(put, 201)).toMatchObject({ commitment: COMMITMENT });
  });

  it('tells accounts apart that are created twice', async () => {
    const id = await openAccount(service.test, { commitment: COMMITMENT });
    expectAccount(await service.test.post('/v1/accounts', { id, commitment: { amount: '100.0' } }), 200);
    const other = await service.test.post('/v1/accounts', { id, commitment: { amount: '101' } });
    expect(expectProblem(other, 409, 'account_exists')).toMatchObject({
      errors: [{ field: 'commitment', message: 'differs from that of the existing account' }],
    });
  });

  it('is refused where it is no amount above zero, or of no month', async () => {
    for (const [commitment, field] of [
      [{ amount: '0' }, 'commitment.amount'],
      [{ amount: 100 }, 'commitment.amount'],
      [{}, 'commitment.amount'],
      [{ amount: '1', period: 'year' }, 'commitment.period'],
      [{ amount: '1', per: 'month' }, 'commitment.per'],
      ['100', 'commitment'],
    ] as const) {
      expectFaults(await service.test.post('/v1/accounts', { commitment }), [field]);
    }
  });

  it('stands in the audit log', async () => {
    const account = await openAccount(service.test, { commitment: COMMITMENT });
    await patch(account, { commitment: null });
    const { data } = expectList(await service.test.get(`/v1/audit-log?object=${account}`));
    expect(data).toMatchObject([
      { before: { commitment: COMMITMENT }, after: { commitment: null } },
      { after: { commitment: COMMITMENT } },
    ]);
  });
});

describe('at the end of a month', () => {
  it('owes the part of the first month that is left, to the millisecond', async () => {
    const id = await openAccount(service.test, { credits: '500', commitment: COMMITMENT });
    const { created_at } = expectAccount(await service.test.get(`/v1/accounts/${id}`), 200);
    const made = new Date(created_at);
    const [start, end] = [Date.UTC(made.getUTCFullYear(), made.getUTCMonth()), monthAfter(made)];
    await advance((end - (await now()).getTime()) / 1000 + 60);
    await patch(id, { name: 'Acme' });
    const [shortfall] = await transfersOf(id, 'commitment');
    // Rounding up or down is all that may lie between.
    const exact = (units('100') * BigInt(end - made.getTime())) / BigInt(end - start);
    expect([exact, exact + 1n]).toContain(units(shortfall?.amount ?? '0'));
  });

  it('what is missing is charged, shown in balances, transfers and events, and set off by what lands late', async () => {
    const account = await openPricedAccount(service.test, { credits: '500', commitment: COMMITMENT });
    await charge(service.test, account, '100');
    await toLastHourOfNextMonth();
    const end = monthAfter(await now());
    // 1.35 by usage, 28.65 by an amount: it is all the same.
    const used = await chargeUsage(service.test, account, chat(30_000, 7_500));
    await charge(service.test, account, '28.65');
    const hold = await authorize(service.test, account, '20', { expires_in: 24 * HOUR });
    await advance(2 * HOUR);
    // The balance is right before anybody has booked it.
    expect(await balanceOf(second.test, account)).toMatchObject({ posted: '300', held: '20' });
    await charge(second.test, account, '1');
    expect(await transfersOf(account, 'commitment')).toMatchObject([
      {
        amount: '70',
        credit_account: 'usage',
        authorization: null,
        corrects: null,
        created_at: new Date(end - 1).toISOString(),
      },
    ]);
    const [settled] = await eventsOf(account, 'commitment.settled');
    expect(settled).toMatchObject({
      period_end: new Date(end).toISOString(),
      amount: '100',
      spent: '30',
      shortfall: '70',
      charged: '70',
      uncollected: '0',
      balance: { posted: '300', held: '20' },
    });
    await commit(second.test, hold.id, {});
    expect(await transfersOf(account, 'refund')).toMatchObject([{ amount: '20', authorization: null }]);
    // The usage of the month turns out to be 1.35 more.
    await adjust(service.test, used.id, { usage: chat(60_000, 15_000) });
    expect(await transfersOf(account, 'refund')).toHaveLength(2);
    const [last] = await eventsOf(account, 'commitment.set_off');
    expect(last).toMatchObject({ set_off: '1.35', spent: '51.35', charged: '48.65' });
    expect(await balanceOf(service.test, account)).toMatchObject({ posted: '299', held: '0' });
    for (const [at, posted] of [
      [end - 60_000, '370'],
      [end, '300'],
    ] as const) {
      const past = await service.test.get(`/v1/accounts/${account}/balance?at=${new Date(at).toISOString()}`);
      expect(past.body).toMatchObject({ posted });
    }
    const month = `from=${new Date(end - 2 * HOUR * 1000).toISOString()}&to=${new Date(end).toISOString()}`;
    const statement = expectTransfers(await service.test.get(`/v1/accounts/${account}/transfers?${month}`));
    expect(statement.map(({ kind, amount }) => `${kind} ${amount}`).sort()).toEqual([
      'commitment 70',
      'usage 1.35',
      'usage 28.65',
    ]);
  });

  it('alerts on the balance, and says what neither credits nor debt cover', async () => {
    const terms = { credits: '150', overage: 'debt', overdraft_limit: '20', commitment: COMMITMENT };
    const account = await openAccount(service.test, terms);
    await charge(service.test, account, '100');
    await toLastHourOfNextMonth();
    await advance(2 * HOUR);
    await service.test.post(`/v1/accounts/${account}/suspend`);
    expect(await balanceOf(service.test, account)).toMatchObject({ posted: '-20', debt: '20' });
    const [settled] = await eventsOf(account, 'commitment.settled');
    expect(settled).toMatchObject({ shortfall: '100', charged: '70', uncollected: '30', balance: { posted: '-20' } });
    expect(await eventsOf(account, 'balance.exhausted')).toHaveLength(1);
    expectProblem(await service.test.post('/v1/charges', { account, amount: '1' }), 402, 'account_suspended');
  });

  it('a closed account owes nothing for the month under way', async () => {
    const account = await openAccount(service.test, { credits: '500', commitment: COMMITMENT });
    await charge(service.test, account, '100');
    const closed = await service.test.post(`/v1/accounts/${account}/close`, { remainder: 'return' });
    expect(expectAccount(closed, 200)).toMatchObject({ status: 'closed', commitment: null });
    await toLastHourOfNextMonth();
    expect(await transfersOf(account, 'commitment')).toEqual([]);
    expect(await balanceOf(service.test, account)).toMatchObject({ posted: '0', debt: '0' });
  });
});

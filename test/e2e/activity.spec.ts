import { Amount, formatAmount } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

interface Movement {
  readonly id: string;
  readonly time: string;
  readonly kind: string;
  readonly why: string;
  readonly model: string | null;
  readonly quantities: Readonly<Record<string, string>>;
  readonly credits: string;
  readonly balance_after: string;
}

async function page(account: string, query = 'limit=100'): Promise<{ data: Movement[]; next_cursor: string | null }> {
  const { status, body } = await service.test.get(`/v1/accounts/${account}/activity?${query}`);
  expect(status).toBe(200);
  return body as { data: Movement[]; next_cursor: string | null };
}

async function allPages(account: string, query: string): Promise<Movement[]> {
  const all: Movement[] = [];
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const next = await page(account, cursor === null ? query : `${query}&cursor=${cursor}`);
    all.push(...next.data);
    cursor = next.next_cursor;
  }
  return all;
}

async function post(path: string, body?: object): Promise<{ readonly id: string }> {
  const { status, body: answer } = await service.test.post(path, body);
  expect(status).toBeLessThan(300);
  return answer as { readonly id: string };
}

async function now(): Promise<number> {
  const { body } = await service.test.get('/v1/test-clock');
  return Date.parse((body as { readonly now: string }).now);
}

/** Numbers that follow from a seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What may happen to an account, each by its number. */
async function happen(account: string, below: (n: number) => number, charges: string[]): Promise<void> {
  const amount = `${String(1 + below(9))}.${String(below(1000)).padStart(3, '0')}`;
  switch (below(8)) {
    case 0:
      await grantCredits(service.test, account, amount, { category: ['paid', 'promotional'][below(2)] });
      break;
    case 1:
      await grantCredits(service.test, account, amount, {
        effective_at: new Date((await now()) + (1 + below(5)) * 86_400_000).toISOString(),
      });
      break;
    case 2:
      await grantCredits(service.test, account, amount, {
        expires_at: new Date((await now()) + (1 + below(3)) * 86_400_000).toISOString(),
      });
      break;
    case 3: {
      const { id } = await authorize(service.test, account, '0.5');
      await post(`/v1/authorizations/${id}/commit`, { amount });
      charges.push(id);
      break;
    }
    case 4: {
      const id = charges.at(below(Math.max(1, charges.length)));
      if (id !== undefined)
        await service.test.post(`/v1/authorizations/${id}/refund`, { amount: '0.25', reason: 'why not' });
      break;
    }
    case 5: {
      const { body } = await service.test.get(`/v1/accounts/${account}/grants?limit=1`);
      const [latest] = (body as { data: { id: string }[] }).data;
      if (latest) await service.test.post(`/v1/grants/${latest.id}/void`);
      break;
    }
    case 6:
      await post('/v1/test-clock/advance', { seconds: 3600 * (1 + below(40)) });
      break;
    default:
      await service.test.post('/v1/charges', { account, amount: '0.125' });
  }
}

describe('an account’s activity', () => {
  it.each([1, 2, 3])('has the balance that the account had after each movement, history %d', async (seed) => {
    const account = await openAccount(service.test, { credits: '5', overdraft_limit: '1000', overage: 'debt' });
    const below = random(seed);
    const charges: string[] = [];
    for (let step = 0; step < 60; step++) {
      await happen(account, below, charges);
      // A charge books what was due, and its own row is the last one: nothing has come into effect since.
      await post('/v1/charges', { account, amount: '0.001' });
      const [latest] = (await page(account, 'limit=1')).data;
      expect(latest?.balance_after).toBe((await balanceOf(service.test, account)).posted);
    }
    const newestFirst = await allPages(account, 'limit=100');
    expect(newestFirst.length).toBeGreaterThan(60);
    expect(await allPages(account, 'limit=7')).toEqual(newestFirst);
    expect((await allPages(account, 'after=start&limit=11')).toReversed()).toEqual(newestFirst);
    const file = async (query: string): Promise<Movement[]> =>
      (await service.test.get(`/v1/accounts/${account}/activity?format=jsonl${query}`)).text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Movement);
    expect(await file('')).toEqual(newestFirst);
    expect((await file('&after=start')).toReversed()).toEqual(newestFirst);
    const middle = newestFirst[30]?.time ?? '';
    expect(await allPages(account, `to=${middle}&limit=9`)).toEqual(newestFirst.filter(({ time }) => time < middle));
    expect(await file(`&from=${middle}&after=start`)).toEqual(
      newestFirst.filter(({ time }) => time >= middle).toReversed(),
    );
    await closeInTheMiddle(account);
    expect(await allPages(account, 'limit=7')).toEqual(newestFirst);
    await service.pool.query('delete from closings');
  });

  it('adds up without scheduled grants: each balance is the one before and what has moved', async () => {
    const account = await openAccount(service.test, { credits: '100' });
    for (let turn = 0; turn < 5; turn++) await post('/v1/charges', { account, amount: '1.5' });
    const rows = (await page(account, 'after=start')).data;
    let balance = new Amount(0);
    for (const { credits, balance_after } of rows) {
      balance = balance.plus(credits);
      expect(balance_after).toBe(formatAmount(balance));
    }
    expect(balance.toFixed()).toBe('92.5');
  });

  it('says why, for which model and how much of it', async () => {
    const account = await openAccount(service.test, { credits: '10' });
    const usage = { event: 'chat.completed', model: 'gpt-5', input_tokens: 1200, output_tokens: 80 };
    const first = await authorize(service.test, account, '3', { usage: { event: 'chat.completed', model: 'gpt-5' } });
    await post(`/v1/authorizations/${first.id}/commit`, { amount: '2', usage });
    await post(`/v1/authorizations/${first.id}/refund`, { amount: '0.5', reason: 'it was wrong' });
    const rows = (await page(account, 'after=start')).data;
    expect(rows).toMatchObject([
      {
        kind: 'grant',
        why: expect.stringMatching(/credits granted$/),
        model: null,
        quantities: {},
        credits: '10',
        balance_after: '10',
      },
      {
        ...{
          kind: 'usage',
          why: 'Used by chat.completed with gpt-5',
          model: 'gpt-5',
          credits: '-2',
          balance_after: '8',
        },
        ...{ quantities: { input_tokens: '1200', output_tokens: '80' }, authorization: first.id },
      },
      {
        kind: 'refund',
        why: 'Usage refunded: it was wrong',
        model: 'gpt-5',
        quantities: {},
        credits: '0.5',
        balance_after: '8.5',
      },
    ]);
  });

  it('of usage out of two grants has its quantities once', async () => {
    const account = await openAccount(service.test);
    for (const amount of ['1', '5']) await grantCredits(service.test, account, amount);
    const usage = { event: 'chat.completed', model: 'gpt-5', input_tokens: 7 };
    await post('/v1/charges', { account, amount: '3', usage });
    const rows = (await page(account, 'after=start')).data.filter(({ kind }) => kind === 'usage');
    expect(rows.map(({ quantities, credits, balance_after }) => [quantities, credits, balance_after])).toEqual([
      [{ input_tokens: '7' }, '-1', '5'],
      [{}, '-2', '3'],
    ]);
  });

  it('is a file of CSV too', async () => {
    const account = await openAccount(service.test, { credits: '10' });
    const { text } = await service.test.get(`/v1/accounts/${account}/activity?format=csv`);
    const [head, row] = text.split('\r\n');
    expect(head).toBe(
      'id,transaction_id,time,kind,why,event,model,quantities,credits,balance_after,grant,authorization,corrects,reason',
    );
    expect(row).toMatch(/,grant,\w+ credits granted,,,\{\},10,10,grant_\w+,,,$/);
  });

  it('refuses what it doesn’t know', async () => {
    expectProblem(await service.test.get('/v1/accounts/nobody/activity'), 404, 'account_not_found');
    const account = await openAccount(service.test);
    expectFaults(await service.test.get(`/v1/accounts/${account}/activity?after=tr_1`), ['after']);
    const other = await openAccount(service.test, { credits: '1' });
    const [foreign] = (await page(other)).data;
    expectFaults(await service.test.get(`/v1/accounts/${account}/activity?after=${foreign?.id ?? ''}`), ['after']);
  });
});

/** Sums up the account's first transfers, as closing a month does. */
async function closeInTheMiddle(account: string): Promise<void> {
  const { rowCount } = await service.pool.query(
    `insert into closings (account_id, through_id, credits, scheduled_at, scheduled_credits, debt, open_authorizations, latest_at, rest_from)
    select t.account_id, t.id, (
        select sum(case when s.credit = s.debit then 0 when s.credit = 'grant' then s.amount when s.debit = 'grant' then -s.amount else 0 end)
        from transfers s where s.account_id = t.account_id and s.id <= t.id
      ) - 1, '{2099-01-01}', '{1}', (
        select sum(case when s.debit = 'debt' then s.amount when s.credit = 'debt' then -s.amount else 0 end)
        from transfers s where s.account_id = t.account_id and s.id <= t.id
      ), '{}', now() + interval '90 years', now() + interval '90 years'
    from transfers t join accounts a using (account_id)
    where a.external_id = $1 order by t.id desc offset 25 limit 1`,
    [account],
  );
  expect(rowCount).toBe(1);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reach } from '../support/clock.ts';
import { expectFaults, expectItems, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import type { ItemView, ProblemView } from '../support/views.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** The items of a batch that was refused as a whole. */
function declinedItems(problem: ProblemView): readonly ItemView[] {
  return (problem as ProblemView & { items: ItemView[] }).items;
}

/** Everything that a refused batch must have left alone. */
async function traces(account: string) {
  return {
    balance: { ...(await balanceOf(service.live, account)), as_of: null },
    authorizations: await pagesOf(service.live, `/v1/authorizations?account=${account}`, 100),
    transfers: await pagesOf(service.live, `/v1/accounts/${account}/transfers`, 100),
    grants: (await service.live.get(`/v1/accounts/${account}/grants`)).body,
  };
}

describe.each([
  ['authorizations', '/v1/authorizations/batch', 'authorized', { posted: '10', held: '6', available: '4' }],
  ['charges', '/v1/charges/batch', 'committed', { posted: '4', held: '0', available: '4' }],
])('a batch of %s', (_, path, status, after) => {
  describe('with mode all_or_nothing, the default', () => {
    it('approves all: 201, every item in order, with the balance after each', async () => {
      const account = await openAccount(service.live, { credits: '10' });
      const items = ['1', '2', '3'].map((amount, index) => ({ account, amount, metadata: { index } }));
      const answered = expectItems(await service.live.post(path, { items }), 201);

      expect(answered).toMatchObject(
        items.map(({ amount, metadata }) => ({
          status: 201,
          authorization: { account, amount, metadata, status },
        })),
      );
      expect(answered.at(-1)?.authorization?.balance).toMatchObject(after);
      expect(await balanceOf(service.live, account)).toMatchObject(after);
      const ids = answered.map((item) => item.authorization?.id);
      const listed = await pagesOf(service.live, `/v1/authorizations?account=${account}`, 10);
      expect(listed.flat().toReversed()).toEqual(ids);
    });

    it('approves none where one falls short: 402, says which and by how much, and leaves nothing behind', async () => {
      const [rich, poor] = [await openAccount(service.live, { credits: '10' }), await openAccount(service.live)];
      await grantCredits(service.live, poor, '3');
      const before = [await traces(rich), await traces(poor)];
      const answer = await service.live.post(path, {
        mode: 'all_or_nothing',
        items: [
          { account: rich, amount: '4' },
          { account: poor, amount: '2' },
          { account: poor, amount: '2.5' },
          { account: rich, amount: '6' },
        ],
      });

      const problem = expectProblem(answer, 402, 'insufficient_credits');
      expect(problem).toMatchObject({ account: poor, required: '2.5', available: '1', shortfall: '1.5' });
      expect(declinedItems(problem)).toMatchObject([
        { status: 424 },
        { status: 424 },
        { status: 402, problem: { code: 'insufficient_credits', account: poor, available: '1', shortfall: '1.5' } },
        { status: 424 },
      ]);
      expect([await traces(rich), await traces(poor)]).toEqual(before);
    });

    it('approves none where an account is not there: 404, and leaves nothing behind', async () => {
      const account = await openAccount(service.live, { credits: '10' });
      const before = await traces(account);
      const items = [
        { account, amount: '1' },
        { account: 'nobody', amount: '1' },
      ];
      const problem = expectProblem(await service.live.post(path, { items }), 404, 'account_not_found');

      expect(problem).toMatchObject({ account: 'nobody', items: [{ status: 424 }, { status: 404 }] });
      expect(await traces(account)).toEqual(before);
    });

    it('names credits_held with Retry-After only where waiting helps the whole batch', async () => {
      const account = await openAccount(service.live, { credits: '10' });
      const broke = await openAccount(service.live);
      await authorize(service.live, account, '8');
      const held = await service.live.post(path, { items: [{ account, amount: '5' }] });
      expectProblem(held, 402, 'credits_held');
      expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);

      const items = [
        { account, amount: '5' },
        { account: broke, amount: '1' },
      ];
      const hopeless = await service.live.post(path, { items });
      expectProblem(hopeless, 402, 'insufficient_credits');
      expect(hopeless.headers).not.toHaveProperty('retry-after');
    });

    it('counts what the batch itself takes: two items of 6 do not fit into 10', async () => {
      const account = await openAccount(service.live, { credits: '10' });
      const item = { account, amount: '6' };
      const problem = expectProblem(
        await service.live.post(path, { items: [item, item] }),
        402,
        'insufficient_credits',
      );
      expect(declinedItems(problem)[1]).toMatchObject({ status: 402, problem: { available: '4', shortfall: '2' } });
      expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '0' });
    });
  });

  describe('with mode independent', () => {
    it('decides every item on its own, in order: 200', async () => {
      const account = await openAccount(service.live, { credits: '10' });
      const items = ['5', '6', '5', '0.1'].map((amount) => ({ account, amount }));
      items.splice(1, 0, { account: 'nobody', amount: '1' });
      const answered = expectItems(await service.live.post(path, { mode: 'independent', items }), 200);

      expect(answered).toMatchObject([
        { status: 201, authorization: { amount: '5', status } },
        { status: 404, problem: { code: 'account_not_found', account: 'nobody' } },
        { status: 402, problem: { required: '6', available: '5', shortfall: '1' } },
        { status: 201, authorization: { amount: '5', status } },
        { status: 402, problem: { required: '0.1', available: '0', shortfall: '0.1' } },
      ]);
      expect(await balanceOf(service.live, account)).toMatchObject({ available: '0' });
      expect((await pagesOf(service.live, `/v1/authorizations?account=${account}`, 10)).flat()).toHaveLength(2);
    });
  });

  it.each(['all_or_nothing', 'independent'])('takes 1 000 items for many accounts, %s', async (mode) => {
    const accounts = await Promise.all(Array.from({ length: 10 }, () => openAccount(service.live, { credits: '1' })));
    const items = Array.from({ length: 1000 }, (_item, index) => ({
      account: accounts[index % accounts.length] ?? '',
      amount: '0.01',
    }));
    const answered = expectItems(await service.live.post(path, { mode, items }), mode === 'independent' ? 200 : 201);

    expect(answered.map((item) => item.authorization?.account)).toEqual(items.map(({ account }) => account));
    expect(new Set(answered.map((item) => item.authorization?.id)).size).toBe(1000);
    for (const account of accounts) expect(await balanceOf(service.live, account)).toMatchObject({ available: '0' });
  });

  it('refuses 1 001 items, none at all, and what is no list', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const items = Array.from({ length: 1001 }, () => ({ account, amount: '0.01' }));
    for (const body of [{ items }, { items: [] }, {}, { items: { 0: items[0] } }, { items: null }])
      expectFaults(await service.live.post(path, body), ['items']);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '100', held: '0' });
  });

  it('names every malformed item by its index, and decides none', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const items = [
      { account, amount: '1' },
      { account, amount: 1 },
      { account: '?', amount: '1', colour: 'red' },
    ];
    const answer = await service.live.post(path, { mode: 'independent', items });
    expectFaults(answer, ['items.1.amount', 'items.2.account', 'items.2.colour']);
    expectFaults(await service.live.post(path, { mode: 'some', items: [items[0]] }), ['mode']);
    expectFaults(await service.live.post(path, { items: [items[0], null, 'x', 5] }), ['items.1', 'items.2', 'items.3']);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '0' });
  });
});

describe('a batch of commits', () => {
  it('commits every item on its own, in order, across accounts: 200 with mixed outcomes', async () => {
    const [one, two] = [
      await openAccount(service.live, { credits: '10' }),
      await openAccount(service.live, { credits: '10', overage: 'reject' }),
    ];
    const plain = await authorize(service.live, one, '2');
    const partial = await authorize(service.live, one, '3');
    const over = await authorize(service.live, two, '4');
    const gone = await authorize(service.live, two, '1');
    const expired = await authorize(service.live, two, '1', { expires_in: 1 });
    await service.live.post(`/v1/authorizations/${gone.id}/void`);
    await reach(expired.expires_at);

    const items = [
      { authorization: plain.id, amount: '1.5' },
      { authorization: partial.id, amount: '1', final: false },
      { authorization: over.id, amount: '11' },
      { authorization: gone.id },
      { authorization: 'auth_01hzzzzzzzzzzzzzzzzzzzzzzz' },
      { authorization: expired.id },
      { authorization: plain.id, amount: '1.5' },
      { authorization: plain.id, amount: '2' },
    ];
    const answered = expectItems(await service.live.post('/v1/authorizations/commit-batch', { items }), 200);

    expect(answered).toMatchObject([
      { status: 200, authorization: { id: plain.id, status: 'committed', committed: '1.5' } },
      { status: 200, authorization: { id: partial.id, status: 'authorized', committed: '1', held: '2' } },
      { status: 402, problem: { code: 'insufficient_credits', available: '10', shortfall: '1' } },
      { status: 409, problem: { code: 'authorization_voided' } },
      { status: 404, problem: { code: 'authorization_not_found' } },
      { status: 200, authorization: { id: expired.id, status: 'committed', late: true, committed: '1' } },
      { status: 200, authorization: { id: plain.id, committed: '1.5' } },
      { status: 409, problem: { code: 'authorization_committed' } },
    ]);
    expect(await balanceOf(service.live, one)).toMatchObject({ posted: '7.5', held: '2' });
    expect(await balanceOf(service.live, two)).toMatchObject({ posted: '9', held: '4' });
  });

  it('takes 1 000 items', async () => {
    const account = await openAccount(service.live, { credits: '1000' });
    const holds = expectItems(
      await service.live.post('/v1/authorizations/batch', {
        items: Array.from({ length: 1000 }, () => ({ account, amount: '1' })),
      }),
      201,
    );
    const items = holds.map(({ authorization }) => ({ authorization: authorization?.id, amount: '0.5' }));
    const answered = expectItems(await service.live.post('/v1/authorizations/commit-batch', { items }), 200);

    expect(answered.every(({ status, authorization }) => status === 200 && authorization?.committed === '0.5')).toBe(
      true,
    );
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '500', held: '0' });
  });

  it('commits one hold in part up to 1 000 times; then only finally', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '5');
    const part = { authorization: id, amount: '0.001', final: false };
    const items = Array.from({ length: 1000 }, () => part);
    const answered = expectItems(await service.live.post('/v1/authorizations/commit-batch', { items }), 200);
    expect(answered.every(({ status }) => status === 200)).toBe(true);

    const again = await service.live.post('/v1/authorizations/commit-batch', { items: [part, part] });
    expect(expectItems(again, 200)).toMatchObject([
      { status: 409, problem: { code: 'too_many_steps', limit: 1000 } },
      { status: 409, problem: { code: 'too_many_steps', limit: 1000 } },
    ]);
    const commit = `/v1/authorizations/${id}/commit`;
    expectProblem(await service.live.post(commit, { amount: '0.001', final: false }), 409, 'too_many_steps');
    expectProblem(await service.live.post(`/v1/authorizations/${id}/extend`, { amount: '1' }), 409, 'too_many_steps');
    expect((await service.live.post(`/v1/authorizations/${id}/extend`, { expires_in: 60 })).status).toBe(200);
    expect((await service.live.post(commit, { amount: '2' })).body).toMatchObject({ committed: '3', held: '0' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '7', held: '0' });
  });

  it('names every malformed item by its index, and commits none', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '1');
    const commitBatch = (items: unknown) => service.live.post('/v1/authorizations/commit-batch', { items });

    expectFaults(await commitBatch([{ authorization: id, amount: 1 }, { amount: '1' }, { authorization: id, x: 1 }]), [
      'items.0.amount',
      'items.1.authorization',
      'items.2.x',
    ]);
    expectFaults(await commitBatch([{ authorization: id }, { authorization: 'nonsense' }]), ['items.1.authorization']);
    expectFaults(await commitBatch([]), ['items']);
    expectFaults(await commitBatch(Array.from({ length: 1001 }, () => ({ authorization: id }))), ['items']);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '1' });
  });
});

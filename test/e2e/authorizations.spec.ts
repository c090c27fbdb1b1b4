import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { ahead, reach } from '../support/clock.ts';
import { expectAuthorization, expectFaults, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import type { AuthorizationView } from '../support/views.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

function commit({ id }: AuthorizationView, body?: unknown): Promise<Answer> {
  return service.live.post(`/v1/authorizations/${id}/commit`, body);
}

function voided({ id }: AuthorizationView): Promise<Answer> {
  return service.live.post(`/v1/authorizations/${id}/void`);
}

async function read({ id }: AuthorizationView): Promise<AuthorizationView> {
  return expectAuthorization(await service.live.get(`/v1/authorizations/${id}`), 200);
}

describe('authorizing', () => {
  it('answers 201 with the authorization and the balance right after it', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const body = {
      account,
      amount: '4.50',
      expires_in: 60,
      overage: 'reject',
      usage: { event: 'chat.completed', model: 'claude-sonnet-4-5', input_tokens: 1200, properties: { batch: true } },
      tags: { user: 'u_1' },
      metadata: { request: 'r_1' },
    };
    const authorization = expectAuthorization(await service.live.post('/v1/authorizations', body), 201);

    expect(authorization).toEqual({
      id: expect.stringMatching(/^auth_[0-9a-hjkmnp-tv-z]{26}$/),
      account,
      status: 'authorized',
      amount: '4.5',
      held: '4.5',
      committed: '0',
      uncollected: '0',
      refunded: '0',
      overage: 'reject',
      late: false,
      usage: [body.usage],
      tags: body.tags,
      group: null,
      price: null,
      assumed: null,
      settlement: null,
      lines: [],
      amounts: [],
      cost: null,
      cost_currency: null,
      metadata: body.metadata,
      created_at: expect.stringMatching(/Z$/),
      expires_at: new Date(Date.parse(authorization.created_at) + 60_000).toISOString(),
      committed_at: null,
      balance: { unit: 'credits', posted: '10', held: '4.5', available: '5.5' },
    });
    expect(await read(authorization)).toEqual(authorization);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '4.5', available: '5.5' });
  });

  it('holds for 15 minutes where nothing else is said, and takes its overage policy from the account', async () => {
    const account = await openAccount(service.live, { credits: '10', overage: 'debt' });
    const { created_at, expires_at, overage } = await authorize(service.live, account, '1');
    expect(Date.parse(expires_at ?? '') - Date.parse(created_at)).toBe(15 * 60 * 1000);
    expect(overage).toBe('debt');
  });

  it('passes 2 500 charges of 0.004 against 10 exactly, and declines the next', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const items = Array.from({ length: 500 }, () => ({ account, amount: '0.004' }));
    for (let batch = 0; batch < 5; batch++)
      expect((await service.live.post('/v1/charges/batch', { items })).status).toBe(201);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', available: '0' });
    expectProblem(await service.live.post('/v1/charges', { account, amount: '0.004' }), 402, 'insufficient_credits');
  });

  it('goes below zero up to the overdraft limit and no further, and a new grant repays the debt first', async () => {
    const account = await openAccount(service.live, { credits: '10', overdraft_limit: '5' });
    const authorization = await authorize(service.live, account, '15');
    expect(authorization.balance).toMatchObject({ posted: '10', held: '15', available: '-5' });
    expect((await service.live.post('/v1/authorizations', { account, amount: '0.1' })).status).toBe(402);

    expectAuthorization(await commit(authorization), 200);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '-5', debt: '5', available: '-5' });
    expect(await grantCredits(service.live, account, '7')).toMatchObject({ amount: '7', remaining: '2' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '2', debt: '0', available: '2' });
  });

  it.each([
    ['account', { amount: '1' }],
    ['account', { account: 'not an id', amount: '1' }],
    ['amount', { account: 'a' }],
    ['amount', { account: 'a', amount: 1 }],
    ['amount', { account: 'a', amount: '0' }],
    ['amount', { account: 'a', amount: '-1' }],
    ['expires_in', { account: 'a', amount: '1', expires_in: 0 }],
    ['expires_in', { account: 'a', amount: '1', expires_in: 86_401 }],
    ['expires_in', { account: 'a', amount: '1', expires_in: 1.5 }],
    ['expires_in', { account: 'a', amount: '1', expires_in: '60' }],
    ['overage', { account: 'a', amount: '1', overage: 'free' }],
    ['tags.user', { account: 'a', amount: '1', tags: { user: 1 } }],
    ['tags', { account: 'a', amount: '1', tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, 'x'])) }],
    ['usage', { account: 'a', amount: '1', usage: [] }],
    ['usage', { account: 'a', amount: '1', usage: { model: 'x' } }],
    ['usage', { account: 'a', amount: '1', usage: { event: 'x', input_tokens: 1.5 } }],
    ['usage', { account: 'a', amount: '1', usage: { event: 'x', input_tokens: -1 } }],
    ['currency', { account: 'a', amount: '1', currency: 'USD' }],
  ])('refuses a malformed %s', async (field, body) => {
    expectFaults(await service.live.post('/v1/authorizations', body), [field]);
  });

  it('is 404 for an account that is not there', async () => {
    const problem = expectProblem(
      await service.live.post('/v1/authorizations', { account: 'nobody', amount: '1' }),
      404,
      'account_not_found',
    );
    expect(problem).toMatchObject({ account: 'nobody' });
  });
});

describe('a decline', () => {
  it('is insufficient_credits, with all its figures, where more credits are needed', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await authorize(service.live, account, '3');
    const answer = await service.live.post('/v1/authorizations', { account, amount: '12.5' });

    expect(expectProblem(answer, 402, 'insufficient_credits')).toMatchObject({
      account,
      required: '12.5',
      available: '7',
      held: '3',
      shortfall: '5.5',
    });
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '3', available: '7' });
  });

  it('is credits_held, with Retry-After until a hold usually settles, where open holds could cover it', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await authorize(service.live, account, '2', { expires_in: 600 });
    const { id, expires_at } = await authorize(service.live, account, '7', { expires_in: 60 });
    const figures = { account, required: '5', available: '1', held: '9', shortfall: '4', hold_expires_at: expires_at };
    const answer = await service.live.post('/v1/authorizations', { account, amount: '5' });
    expect(expectProblem(answer, 402, 'credits_held')).toMatchObject(figures);
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);

    await service.live.post(`/v1/authorizations/${id}/void`);
    await authorize(service.live, account, '7', { expires_in: 600 });
    const later = await service.live.post('/v1/authorizations', { account, amount: '5' });
    expect(Number(later.headers['retry-after'])).toBeLessThan(50);
  });

  it('says that it is final where it is remembered under a key, the first time and again', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const decline = (key?: string) =>
      service.live.post('/v1/charges', { account, amount: '2' }, key === undefined ? {} : { key });
    for (const answer of [await decline('k1'), await decline('k1')]) {
      expect(answer.status).toBe(402);
      expect(answer.headers['purser-decline-final']).toBe('true');
    }
    expect((await decline()).headers).not.toHaveProperty('purser-decline-final');
  });

  it('names the credits that a scope keeps from the request', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    await service.live.post(`/v1/accounts/${account}/grants`, { amount: '9', scope: { models: ['large'] } });
    const answer = await service.live.post('/v1/charges', { account, amount: '2' });
    const problem = expectProblem(answer, 402, 'insufficient_credits');
    expect(problem).toMatchObject({ available: '1', available_in_scope_of_other_grants: '9' });
    expect(problem.detail).toContain('9');
  });

  it('leaves no authorization behind', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    await service.live.post('/v1/authorizations', { account, amount: '2' });
    await service.live.post('/v1/charges', { account, amount: '2' });
    expect(await pagesOf(service.live, `/v1/authorizations?account=${account}`, 10)).toEqual([[]]);
  });
});

describe('committing', () => {
  let account: string;
  let open: AuthorizationView;
  const prepare = async (terms: Record<string, unknown> = {}): Promise<void> => {
    account = await openAccount(service.live, { credits: '10', ...terms });
    open = await authorize(service.live, account, '6');
  };

  it.each([
    ['less than is held: the rest is released', { amount: '2.5' }, '2.5', '7.5'],
    ['exactly what is held', { amount: '6.00' }, '6', '4'],
    ['zero: everything is released, and it is committed', { amount: '0' }, '0', '10'],
    ['no amount: the whole hold', {}, '6', '4'],
    ['no body at all: the whole hold', undefined, '6', '4'],
    ['more than is held: the excess is taken from what is available', { amount: '8' }, '8', '2'],
  ])('%s', async (_, body, committed, left) => {
    await prepare();
    const answer = expectAuthorization(await commit(open, body), 200);

    expect(answer).toMatchObject({
      status: 'committed',
      amount: '6',
      held: '0',
      committed,
      uncollected: '0',
      late: false,
    });
    expect(answer.committed_at).toMatch(/Z$/);
    expect(answer.balance).toMatchObject({ posted: left, held: '0', available: left });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: left, held: '0', available: left });
    expect(await read(open)).toEqual(answer);
  });

  it('with final: false charges a part and keeps the rest held, until a last commit', async () => {
    await prepare();
    const first = expectAuthorization(await commit(open, { amount: '1', final: false }), 200);
    expect(first).toMatchObject({ status: 'authorized', committed: '1', held: '5', committed_at: null });
    const second = expectAuthorization(await commit(open, { amount: '1', final: false }), 200);
    expect(second).toMatchObject({ status: 'authorized', committed: '2', held: '4' });
    expect(second.balance).toMatchObject({ posted: '8', held: '4', available: '4' });
    expect(await read(open)).toEqual(second);

    expect(expectAuthorization(await commit(open), 200)).toMatchObject({
      status: 'committed',
      committed: '6',
      held: '0',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '4', held: '0' });
  });

  it('more than there is, with overage cap: charges what there is and records the rest as uncollected', async () => {
    await prepare({ overage: 'cap' });
    expect(expectAuthorization(await commit(open, { amount: '13' }), 200)).toMatchObject({
      status: 'committed',
      committed: '10',
      uncollected: '3',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', available: '0', debt: '0' });
  });

  it('never takes what other holds have pinned', async () => {
    await prepare();
    const other = await authorize(service.live, account, '3');
    expect(expectAuthorization(await commit(open, { amount: '20' }), 200)).toMatchObject({
      committed: '7',
      uncollected: '13',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '3', held: '3', available: '0' });
    expect(expectAuthorization(await commit(other), 200)).toMatchObject({ committed: '3', uncollected: '0' });
  });

  it('more than there is, with overage reject: answers 402 and leaves the hold as it was', async () => {
    await prepare({ overage: 'reject' });
    const problem = expectProblem(await commit(open, { amount: '13' }), 402, 'insufficient_credits');
    expect(problem).toMatchObject({ account, required: '13', available: '10', shortfall: '3' });

    expect(await read(open)).toEqual(open);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '6', available: '4' });
    expect(expectAuthorization(await commit(open, { amount: '10' }), 200)).toMatchObject({ committed: '10' });
  });

  it('more than there is, with overage debt: books it up to the overdraft limit, then uncollected', async () => {
    await prepare({ overage: 'debt', overdraft_limit: '5' });
    expect(expectAuthorization(await commit(open, { amount: '18' }), 200)).toMatchObject({
      committed: '15',
      uncollected: '3',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '-5', debt: '5', available: '-5' });
    const kinds = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`)).map(
      ({ kind, debit_account, amount }) => `${kind} ${debit_account.replace(/grant_.*/, '…')} ${amount}`,
    );
    expect(kinds).toContain(`usage debt:${account} 5`);
  });

  it('keeps the overdraft limit when two commits go over it at once', async () => {
    const id = await openAccount(service.live, { overdraft_limit: '5000', overage: 'debt', credits: '2' });
    const [one, two] = [await authorize(service.live, id, '1'), await authorize(service.live, id, '1')];
    await Promise.all([commit(one, { amount: '4001' }), commit(two, { amount: '4001' })]);

    expect(await balanceOf(service.live, id)).toMatchObject({ posted: '-5000', debt: '5000', available: '-5000' });
    const uncollected = [await read(one), await read(two)].map((view) => view.uncollected);
    expect(uncollected.sort()).toEqual(['0', '3000']);
  });

  it('the same amount again gives the first result; another amount is 409', async () => {
    await prepare();
    const first = expectAuthorization(await commit(open, { amount: '2' }), 200);
    await charge(service.live, account, '1');

    expect(expectAuthorization(await commit(open, { amount: '2.0' }), 200)).toEqual(first);
    expectProblem(await commit(open, { amount: '3' }), 409, 'authorization_committed');
    expectProblem(await commit(open, {}), 409, 'authorization_committed');
    expectProblem(await commit(open, { amount: '2', final: false }), 409, 'authorization_committed');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '7', held: '0' });
  });

  it.each(['2', '6', '8', '13', '0'])('of %s, again and again, charges once', async (amount) => {
    await prepare();
    const first = expectAuthorization(await commit(open, { amount }), 200);
    for (let again = 0; again < 3; again++) expect((await commit(open, { amount })).body).toEqual(first);
    expect(await read(open)).toEqual(first);
  });

  it('after a void is 409, and a void after a commit too', async () => {
    await prepare();
    expectAuthorization(await voided(open), 200);
    expectProblem(await commit(open), 409, 'authorization_voided');
    expectProblem(await commit(open, { amount: '0' }), 409, 'authorization_voided');
    const second = await authorize(service.live, account, '6');
    expectAuthorization(await commit(second), 200);
    const { detail } = expectProblem(await voided(second), 409, 'authorization_committed');
    expect(detail).toMatch(/nothing is held .* refund it/);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '4', held: '0' });
  });

  it('races with a void, and exactly one of the two wins', async () => {
    const id = await openAccount(service.live, { credits: '100' });
    const holds = await Promise.all(Array.from({ length: 20 }, () => authorize(service.live, id, '1')));
    const results = await Promise.all(
      holds.map((hold, index) =>
        Promise.all(index % 2 === 0 ? [commit(hold), voided(hold)] : [voided(hold), commit(hold)]),
      ),
    );
    for (const answers of results) expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const committed = (await Promise.all(holds.map(read))).filter(({ status }) => status === 'committed');
    expect(await balanceOf(service.live, id)).toMatchObject({ posted: String(100 - committed.length), held: '0' });
  });

  it.each([
    ['amount', { amount: 2 }],
    ['amount', { amount: '-1' }],
    ['amount', { amount: '0.0000000000001' }],
    ['final', { final: 'no' }],
    ['account', { account: 'a' }],
  ])('refuses a malformed %s', async (field, body) => {
    await prepare();
    expectFaults(await commit(open, body), [field]);
    expect(await read(open)).toEqual(open);
  });
});

describe('voiding', () => {
  it('releases the hold; voiding again gives the same', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6');
    const first = expectAuthorization(await voided(open), 200);

    expect(first).toMatchObject({ status: 'voided', amount: '6', held: '0', committed: '0', committed_at: null });
    expect(first.balance).toMatchObject({ posted: '10', held: '0', available: '10' });
    expect(expectAuthorization(await voided(open), 200)).toEqual(first);
    expect(await read(open)).toEqual(first);
  });

  it('after a partial commit keeps what was charged', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6');
    await commit(open, { amount: '2', final: false });
    expect(expectAuthorization(await voided(open), 200)).toMatchObject({ status: 'voided', held: '0', committed: '2' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '8', held: '0', available: '8' });
  });

  it('takes no fields', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '6');
    expectFaults(await service.live.post(`/v1/authorizations/${id}/void`, { amount: '1', reason: 'x' }), [
      'amount',
      'reason',
    ]);
  });
});

describe('extending', () => {
  const extend = ({ id }: AuthorizationView, body: unknown): Promise<Answer> =>
    service.live.post(`/v1/authorizations/${id}/extend`, body);

  it('holds more, for longer, or both', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '2', { expires_in: 60 });

    const more = expectAuthorization(await extend(open, { amount: '3' }), 200);
    expect(more).toMatchObject({
      id: open.id,
      status: 'authorized',
      amount: '5',
      held: '5',
      expires_at: open.expires_at,
    });
    const longer = expectAuthorization(await extend(open, { expires_in: 600 }), 200);
    expect(longer).toMatchObject({ amount: '5', held: '5' });
    expect(Date.parse(longer.expires_at ?? '')).toBeGreaterThan(Date.parse(open.expires_at ?? '') + 500_000);
    const both = expectAuthorization(await extend(open, { amount: '1', expires_in: 3600 }), 200);
    expect(both).toMatchObject({ amount: '6', held: '6', balance: { posted: '10', held: '6', available: '4' } });
    expect(await read(open)).toEqual(both);
    expect(expectAuthorization(await commit(open), 200)).toMatchObject({ committed: '6' });
  });

  it('is all or nothing: 402 if the amount is not there, and the hold is as it was', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '2', { expires_in: 60 });
    const problem = expectProblem(await extend(open, { amount: '9', expires_in: 3600 }), 402, 'insufficient_credits');
    expect(problem).toMatchObject({ account, available: '8', shortfall: '1' });
    expect(await read(open)).toEqual(open);
  });

  it('is 409 once the authorization is committed, voided or expired', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const [done, gone] = [await authorize(service.live, account, '1'), await authorize(service.live, account, '1')];
    const lapsed = await authorize(service.live, account, '1', { expires_in: 1 });
    await commit(done);
    await voided(gone);
    await reach(lapsed.expires_at);
    expectProblem(await extend(done, { amount: '1' }), 409, 'authorization_committed');
    const { detail } = expectProblem(await extend(gone, { expires_in: 60 }), 409, 'authorization_voided');
    expect(detail).toMatch(/no hold to extend/);
    expectProblem(await extend(lapsed, { expires_in: 60 }), 409, 'authorization_expired');
  });

  it.each([
    ['amount', { amount: '0' }],
    ['amount', { amount: 1 }],
    ['expires_in', { expires_in: 0 }],
    ['expires_in', { expires_in: 86_401 }],
    ['overage', { amount: '1', overage: 'debt' }],
  ])('refuses a malformed %s', async (field, body) => {
    const account = await openAccount(service.live, { credits: '10' });
    expectFaults(await extend(await authorize(service.live, account, '1'), body), [field]);
  });
});

describe('the expiry of a hold, by the clock alone', () => {
  it('releases it: GET shows it expired, and the credits are available again', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6', { expires_in: 1 });
    await reach(open.expires_at);

    expect(await read(open)).toMatchObject({ status: 'expired', held: '0', committed: '0', late: false });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', held: '0', available: '10' });
    await charge(service.live, account, '10');
    expect(await read(open)).toMatchObject({ status: 'expired', held: '0' });
    expectProblem(await voided(open), 409, 'authorization_expired');
  });

  it('still lets the usage be committed, late, out of what is available, and only once', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6', { expires_in: 1 });
    await reach(open.expires_at);
    await charge(service.live, account, '7');

    const late = expectAuthorization(await commit(open, { amount: '5' }), 200);
    expect(late).toMatchObject({ status: 'committed', late: true, held: '0', committed: '3', uncollected: '2' });
    expect(late.balance).toMatchObject({ posted: '0', held: '0', available: '0' });
    expect(await read(open)).toEqual(late);
    expect(expectAuthorization(await commit(open, { amount: '5' }), 200)).toEqual(late);
    expectProblem(await commit(open, { amount: '4' }), 409, 'authorization_committed');
  });

  it('leaves the overage policy in force: a late commit that is not covered is rejected where it says so', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6', { expires_in: 1, overage: 'reject' });
    await reach(open.expires_at);
    const other = await authorize(service.live, account, '7', { expires_in: 1 });

    expectProblem(await commit(open), 402, 'credits_held');
    await reach(other.expires_at);
    expect(expectAuthorization(await commit(open), 200)).toMatchObject({ committed: '6', late: true });
  });

  it('keeps what a partial commit charged before', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const open = await authorize(service.live, account, '6', { expires_in: 1 });
    await commit(open, { amount: '2', final: false });
    await reach(open.expires_at);

    expect(await read(open)).toMatchObject({ status: 'expired', held: '0', committed: '2' });
    expect(expectAuthorization(await commit(open), 200)).toMatchObject({ committed: '6', late: true });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '4', held: '0' });
  });
});

describe('charging', () => {
  it('authorizes and commits in one step', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const tags = { feature: 'chat' };
    const charged = expectAuthorization(
      await service.live.post('/v1/charges', { account, amount: '0.000000000001', tags, metadata: { a: 1 } }),
      201,
    );
    expect(charged).toMatchObject({
      account,
      status: 'committed',
      amount: '0.000000000001',
      committed: '0.000000000001',
      held: '0',
      tags,
      metadata: { a: 1 },
      expires_at: null,
      committed_at: charged.created_at,
      balance: { posted: '9.999999999999', held: '0', available: '9.999999999999' },
    });
    expect(await read(charged)).toEqual(charged);
    expectProblem(await voided(charged), 409, 'authorization_committed');
    expect(expectAuthorization(await commit(charged), 200)).toEqual(charged);
  });

  it('takes no hold: expires_in and overage are refused', async () => {
    const answer = await service.live.post('/v1/charges', {
      account: 'a',
      amount: '1',
      expires_in: 60,
      overage: 'cap',
    });
    expectFaults(answer, ['expires_in', 'overage']);
  });
});

describe('listing authorizations', () => {
  let account: string;
  let other: string;
  const byStatus: Record<AuthorizationView['status'], string[]> = {
    authorized: [],
    committed: [],
    voided: [],
    expired: [],
  };
  const newestFirst: string[] = [];

  beforeAll(async () => {
    account = await openAccount(service.test, { credits: '1000' });
    other = await openAccount(service.test, { credits: '1000' });
    const make: Record<AuthorizationView['status'], () => Promise<AuthorizationView>> = {
      authorized: () => authorize(service.test, account, '1'),
      expired: () => authorize(service.test, account, '1', { expires_in: 1 }),
      committed: () => charge(service.test, account, '1'),
      voided: async () => {
        const open = await authorize(service.test, account, '1');
        return expectAuthorization(await service.test.post(`/v1/authorizations/${open.id}/void`), 200);
      },
    };
    let last = ahead(0);
    for (let round = 0; round < 6; round++) {
      for (const status of ['authorized', 'expired', 'committed', 'voided'] as const) {
        const { id, expires_at } = await make[status]();
        byStatus[status].unshift(id);
        newestFirst.unshift(id);
        if (status === 'expired') last = expires_at ?? last;
      }
      // Half of the expired ones are booked as such by this write, the others have run out since and are not.
      if (round === 2) {
        await reach(last);
        await charge(service.test, other, '1');
        newestFirst.unshift((await authorize(service.test, account, '1')).id);
        byStatus.authorized.unshift(newestFirst[0] ?? '');
      }
    }
    await reach(last);
  });

  it.each([1, 5, 24, 25, 100])('shows open and closed ones together, newest first, %d a page', async (limit) => {
    const pages = await pagesOf(service.test, `/v1/authorizations?account=${account}`, limit);
    expect(pages.flat()).toEqual(newestFirst);
    expect(pages).toHaveLength(Math.ceil(newestFirst.length / limit));
  });

  it.each(['authorized', 'committed', 'voided', 'expired'] as const)('with status=%s shows those', async (status) => {
    const path = `/v1/authorizations?account=${account}&status=${status}`;
    expect((await pagesOf(service.test, path, 4)).flat()).toEqual(byStatus[status]);
    const { body } = await service.test.get(path);
    expect(body).toMatchObject({ data: byStatus[status].map((id) => ({ id, account, status })) });
  });

  it('without an account shows those of all accounts of the environment', async () => {
    const all = (await pagesOf(service.test, '/v1/authorizations', 10)).flat();
    expect(all).toHaveLength(newestFirst.length + 1);
    expect(all).toEqual(expect.arrayContaining(newestFirst));
    expect(new Set(all).size).toBe(all.length);
  });

  it('is empty for an account without any', async () => {
    const empty = await openAccount(service.test);
    expect(await pagesOf(service.test, `/v1/authorizations?account=${empty}`, 10)).toEqual([[]]);
  });

  it.each([
    ['status', 'status=open'],
    ['account', 'account='],
    ['account', 'account=a%20b'],
    ['cursor', 'cursor=x'],
    ['limit', 'limit=1000'],
    ['from', 'from=2026-01-01'],
  ])('refuses a malformed %s', async (field, query) => {
    expectFaults(await service.test.get(`/v1/authorizations?${query}`), [field]);
  });
});

describe('an authorization that is not there', () => {
  it.each([
    'auth_',
    'auth_1',
    'auth_01hzzzzzzzzzzzzzzzzzzzzzzz',
    `auth_${'z'.repeat(26)}`,
    'auth_01HZZZZZZZZZZZZZZZZZZZZZZZ',
    'grant_01hzzzzzzzzzzzzzzzzzzzzzzz',
    '01890000-0000-7000-8000-000000000000',
    '..%2F..',
    '%00',
    "'%20or%20''='",
  ])('is 404: %s', async (id) => {
    const path = `/v1/authorizations/${id}`;
    expectProblem(await service.live.get(path), 404, 'authorization_not_found');
    expectProblem(await service.live.post(`${path}/commit`, { amount: '1' }), 404, 'authorization_not_found');
    expectProblem(await service.live.post(`${path}/void`), 404, 'authorization_not_found');
  });

  it('is 404 for the id of another kind, or of an account that exists', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const grant = await grantCredits(service.live, account, '1');
    const id = grant.id.replace('grant_', 'auth_');
    expectProblem(await service.live.get(`/v1/authorizations/${id}`), 404, 'authorization_not_found');
    expectProblem(await service.live.post(`/v1/authorizations/${id}/commit`), 404, 'authorization_not_found');
  });
});

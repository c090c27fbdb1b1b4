import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, reach } from '../support/clock.ts';
import { expectFaults, expectGrant, expectGrants, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import type { GrantView } from '../support/views.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function readGrant({ id }: GrantView): Promise<GrantView> {
  return expectGrant(await service.live.get(`/v1/grants/${id}`), 200);
}

describe('granting credits', () => {
  it('answers 201 with the grant on the default terms, and the credits are available', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '100.50');

    expect(grant).toEqual({
      id: expect.stringMatching(/^grant_[0-9a-hjkmnp-tv-z]{26}$/),
      account,
      amount: '100.5',
      remaining: '100.5',
      held: '0',
      frozen: '0',
      category: 'paid',
      priority: 100,
      scope: null,
      cost_basis: null,
      amount_paid: null,
      currency: null,
      purchase: null,
      returned: null,
      status: 'active',
      effective_at: grant.created_at,
      expires_at: null,
      voided_at: null,
      created_at: expect.stringMatching(/Z$/),
      recurring_grant: null,
      metadata: {},
    });
    expect(await readGrant(grant)).toEqual(grant);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '100.5', held: '0', available: '100.5' });
  });

  it('keeps all the terms it is given', async () => {
    const account = await openAccount(service.live);
    const terms = {
      category: 'promotional',
      priority: 0,
      effective_at: '2020-01-01T00:00:00.000Z',
      expires_at: '2099-12-31T23:59:59.999Z',
      cost_basis: '0.000000000001',
      scope: { events: ['chat.completed'], models: ['claude-sonnet-4-5'], tags: { team: 'red' } },
      metadata: { invoice: 'in_1' },
    };
    const grant = await grantCredits(service.live, account, '99999999999999999999999999.999999999999', terms);
    expect(grant).toMatchObject({ ...terms, amount: '99999999999999999999999999.999999999999' });
    expect(await readGrant(grant)).toEqual(grant);
  });

  it('takes a time with another offset and shows it in UTC', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '1', { expires_at: '2099-06-01T12:00:00+02:00' });
    expect(grant.expires_at).toBe('2099-06-01T10:00:00.000Z');
  });

  it('is booked as one transfer from its funding account', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '5', { category: 'included' });

    expect(expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`))).toMatchObject([
      {
        id: expect.stringMatching(/^tr_/),
        transaction_id: expect.stringMatching(/^txn_/),
        kind: 'grant',
        debit_account: 'funding:included',
        credit_account: `grant:${grant.id}`,
        amount: '5',
        grant: grant.id,
        authorization: null,
        corrects: null,
        created_at: grant.created_at,
      },
    ]);
  });

  it('is 404 for an account that is not there, however odd its id', async () => {
    for (const id of ['nobody', 'a%00b', '%F0%9F%92%A9', 'a'.repeat(128)]) {
      expectProblem(await service.live.post(`/v1/accounts/${id}/grants`, { amount: '1' }), 404, 'account_not_found');
      expectProblem(await service.live.get(`/v1/accounts/${id}/grants`), 404, 'account_not_found');
    }
  });
});

describe('the burn-down order', () => {
  it('is priority, expiry, scoped first, category, effective time, age: seen in transfers and grants', async () => {
    const account = await openAccount(service.live);
    const day = 24 * 60 * 60 * 1000;
    const [soon, later] = [ahead(day), ahead(2 * day)];
    const earlier = new Date(Date.now() - day).toISOString();
    const terms: readonly Record<string, unknown>[] = [
      { priority: 0, expires_at: later },
      { priority: 1, expires_at: soon },
      { priority: 1, expires_at: later, scope: { tags: { team: 'red' } } },
      { priority: 1, expires_at: later, category: 'promotional' },
      { priority: 1, expires_at: later, category: 'included' },
      { priority: 1, expires_at: later, category: 'paid' },
      { priority: 1 },
      { effective_at: earlier },
      {},
      {},
    ];
    // Given in reverse, so that only the last two, equal in all but age, stand in the order they were given.
    const ids: string[] = [];
    const [older, ...others] = terms.toReversed();
    for (const one of [...others, older ?? {}]) ids.unshift((await grantCredits(service.live, account, '2', one)).id);
    const [newest, ...rest] = ids;
    const order = [...rest, newest];

    const { id: authorization } = await authorize(service.live, account, '19', { tags: { team: 'red' } });
    expect((await service.live.post(`/v1/authorizations/${authorization}/commit`)).status).toBe(200);

    const drawn = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?limit=100`))
      .filter(({ kind }) => kind === 'usage')
      .toReversed();
    expect(drawn.map(({ grant }) => grant)).toEqual(order);
    expect(drawn.map(({ amount }) => amount)).toEqual([...Array<string>(9).fill('2'), '1']);
    for (const transfer of drawn) {
      expect(transfer.debit_account).toBe(`grant:${String(transfer.grant)}`);
      expect(transfer.credit_account).toBe('usage');
      expect(transfer.authorization).toBe(authorization);
    }
    expect(new Set(drawn.map(({ transaction_id }) => transaction_id)).size).toBe(1);
    const left = new Map(
      expectGrants(await service.live.get(`/v1/accounts/${account}/grants`)).map(({ id, remaining }) => [
        id,
        remaining,
      ]),
    );
    expect(order.map((id) => left.get(id ?? ''))).toEqual([...Array<string>(9).fill('0'), '1']);
  });

  it('passes over a grant whose scope does not fit, and says what was available to this request', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    await grantCredits(service.live, account, '100', { scope: { models: ['large'] } });
    const usage = { event: 'chat.completed', model: 'small' };

    const declined = await service.live.post('/v1/charges', { account, amount: '2', usage });
    expect(expectProblem(declined, 402, 'insufficient_credits')).toMatchObject({ available: '1', shortfall: '1' });
    const paid = await service.live.post('/v1/charges', { account, amount: '2', usage: { ...usage, model: 'large' } });
    expect(paid.status).toBe(201);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '99' });
  });
});

describe('the status of a grant', () => {
  it('is scheduled and counts for nothing until it takes effect, then active, without any worker', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10', { effective_at: ahead(1000) });
    expect(grant.status).toBe('scheduled');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', available: '0' });
    expectProblem(await service.live.post('/v1/charges', { account, amount: '1' }), 402, 'insufficient_credits');

    await reach(grant.effective_at);
    expect((await readGrant(grant)).status).toBe('active');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10', available: '10' });
    await charge(service.live, account, '10');
    expect(await readGrant(grant)).toMatchObject({ status: 'exhausted', remaining: '0' });
  });

  it('is expired from the instant of its expiry: nothing of it can be spent, and the rest is breakage', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10', { expires_at: ahead(1000) });
    await charge(service.live, account, '4');

    await reach(grant.expires_at);
    expect(await readGrant(grant)).toMatchObject({ status: 'expired', remaining: '0', held: '0' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', held: '0', available: '0' });
    const declined = await service.live.post('/v1/charges', { account, amount: '1' });
    expect(expectProblem(declined, 402, 'insufficient_credits')).toMatchObject({ available: '0', shortfall: '1' });

    const [breakage] = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
    expect(breakage).toMatchObject({
      kind: 'breakage',
      debit_account: `grant:${grant.id}`,
      credit_account: 'breakage',
      amount: '6',
    });
  });

  it('of an expired grant leaves what a hold has pinned to that hold; the released rest is breakage', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10', { expires_at: ahead(1000) });
    const { id } = await authorize(service.live, account, '7');

    await reach(grant.expires_at);
    expect(await readGrant(grant)).toMatchObject({ status: 'expired', remaining: '7', held: '7' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '7', held: '7', available: '0' });
    const committed = await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '5' });
    expect(committed.body).toMatchObject({ status: 'committed', committed: '5', uncollected: '0' });

    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', held: '0', available: '0' });
    const transfers = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
    expect(transfers.map(({ kind, amount }) => `${kind} ${amount}`).sort()).toEqual([
      'breakage 2',
      'breakage 3',
      'grant 10',
      'usage 5',
    ]);
  });

  it('is voided once its unspent rest was taken back; voiding it again answers the same', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10', { category: 'promotional' });
    await charge(service.live, account, '3');
    const voided = expectGrant(await service.live.post(`/v1/grants/${grant.id}/void`), 200);

    expect(voided).toMatchObject({ status: 'voided', remaining: '0', voided_at: expect.stringMatching(/Z$/) });
    expect(expectGrant(await service.live.post(`/v1/grants/${grant.id}/void`, {}), 200)).toEqual(voided);
    expect(await readGrant(grant)).toEqual(voided);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', available: '0' });
    const [taken] = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
    expect(taken).toMatchObject({ kind: 'grant_void', credit_account: 'funding:promotional', amount: '7' });
  });

  it('of a voided grant leaves what a hold has pinned to that hold; the released rest goes back to funding', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10');
    const { id } = await authorize(service.live, account, '6');
    expect(expectGrant(await service.live.post(`/v1/grants/${grant.id}/void`), 200)).toMatchObject({
      remaining: '6',
      held: '6',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '6', held: '6', available: '0' });

    expect((await service.live.post(`/v1/authorizations/${id}/void`)).body).toMatchObject({ status: 'voided' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', held: '0', available: '0' });
    const [back] = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers`));
    expect(back).toMatchObject({ kind: 'grant_void', credit_account: 'funding:paid', amount: '6' });
  });

  it('cannot become voided where nothing is left to take: exhausted, wholly held or expired', async () => {
    const exhausted = await openAccount(service.live);
    const spent = await grantCredits(service.live, exhausted, '1');
    await charge(service.live, exhausted, '1');
    const busy = await openAccount(service.live);
    const held = await grantCredits(service.live, busy, '1');
    await authorize(service.live, busy, '1');
    const late = await openAccount(service.live);
    const expired = await grantCredits(service.live, late, '1', { expires_at: ahead(500) });
    await reach(expired.expires_at);

    for (const { id } of [spent, held, expired])
      expectProblem(await service.live.post(`/v1/grants/${id}/void`), 409, 'grant_not_voidable');
  });

  it('can be scheduled, and voided before it takes effect', async () => {
    const account = await openAccount(service.live);
    const { id } = await grantCredits(service.live, account, '10', { effective_at: ahead(3_600_000) });
    expect(expectGrant(await service.live.post(`/v1/grants/${id}/void`), 200)).toMatchObject({
      status: 'voided',
      remaining: '0',
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0' });
  });
});

describe('a malformed grant', () => {
  let account: string;
  beforeAll(async () => {
    account = await openAccount(service.live);
  });
  const grantOf = (body: unknown) => service.live.post(`/v1/accounts/${account}/grants`, body);

  it.each([
    ['a number', 12.5],
    ['a whole number', 12],
    ['nothing', undefined],
    ['null', null],
    ['zero', '0'],
    ['zero with places', '0.000000000000'],
    ['a negative amount', '-1'],
    ['a plus sign', '+1'],
    ['13 places', '0.0000000000001'],
    ['13 places, though the last is zero', '1.0000000000000'],
    ['27 digits', '100000000000000000000000000'],
    ['an exponent', '1e3'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['hexadecimal', '0x10'],
    ['no digit before the point', '.5'],
    ['no digit behind the point', '5.'],
    ['a comma', '1,5'],
    ['digits of another script', '١٢'],
    ['spaces', ' 1 '],
    ['a line break at its end', '1\n'],
    ['an empty string', ''],
    ['a list', ['1']],
    ['an object', { value: '1' }],
    ['true', true],
  ])('is refused for an amount that is %s', async (_, amount) => {
    expectFaults(await grantOf({ amount }), ['amount']);
  });

  it.each([
    ['priority', 256],
    ['priority', -1],
    ['priority', 1.5],
    ['priority', '100'],
    ['category', 'free'],
    ['effective_at', 'tomorrow'],
    ['effective_at', '2026-02-31T00:00:00Z'],
    ['effective_at', '2026-01-31'],
    ['expires_at', '2026-01-31T00:00:00'],
    ['expires_at', '2099-01-31T24:00:00Z'],
    ['expires_at', '10000-01-01T00:00:00Z'],
    ['expires_at', 1_800_000_000],
    ['cost_basis', 0.01],
    ['cost_basis', '-0.01'],
    ['cost_basis', '0.0000000000001'],
    ['scope', 'all'],
    ['scope', []],
    ['metadata', 'text'],
    ['remaining', '5'],
    ['__typo__', 1],
  ])('is refused for its %s: %j', async (field, value) => {
    expectFaults(await grantOf({ amount: '1', [field]: value }), [field]);
  });

  it('is none where a field that may be left out is null: that counts as left out', async () => {
    const nulls = { category: null, priority: null, effective_at: null, expires_at: null, cost_basis: null };
    const answer = await grantOf({ amount: '1', ...nulls, scope: null, metadata: null });
    expect(expectGrant(answer, 201)).toMatchObject({
      category: 'paid',
      priority: 100,
      expires_at: null,
      cost_basis: null,
      scope: null,
      metadata: {},
    });
  });

  it('is refused when it would expire before it takes effect, at the same instant, or has expired already', async () => {
    const [first, second] = [ahead(60_000), ahead(120_000)];
    for (const times of [
      { effective_at: second, expires_at: first },
      { effective_at: first, expires_at: first },
      { expires_at: new Date(Date.now() - 1).toISOString() },
      { effective_at: '2020-01-01T00:00:00Z', expires_at: '2020-02-01T00:00:00Z' },
    ])
      expectProblem(await grantOf({ amount: '1', ...times }), 400, 'grant_already_expired');
  });

  it('is told of all its faults at once, by the path of each field', async () => {
    const answer = await grantOf({
      amount: 5,
      priority: 256,
      category: 'free',
      expires_at: 'soon',
      colour: 'red',
      scope: { events: [1], tags: { team: 7 }, users: ['u'] },
    });
    const fields = ['amount', 'priority', 'category', 'expires_at', 'colour'];
    expectFaults(answer, [...fields, 'scope.events', 'scope.tags.team', 'scope.users']);
  });

  it.each([
    ['a NUL', '\u0000'],
    ['half of a surrogate pair', '\ud800'],
    ['the other half', '\udc00'],
  ])('is refused for %s, wherever it stands', async (_, broken) => {
    const answer = await grantOf({
      amount: '1',
      scope: { events: ['fine', `x${broken}`], tags: { team: broken } },
      metadata: { list: ['fine', { deep: `${broken}!` }] },
    });
    expectFaults(answer, ['scope.events.1', 'scope.tags.team', 'metadata.list.1.deep']);
    const { errors = [] } = expectProblem(
      await grantOf({ amount: '1', metadata: { [broken]: 1 } }),
      400,
      'invalid_request',
    );
    expect(errors.map(({ field }) => field)).toEqual(['metadata']);
  });

  it('leaves nothing behind', async () => {
    const untouched = await openAccount(service.live);
    for (const amount of [1, '0', '-1', 'NaN']) await service.live.post(`/v1/accounts/${untouched}/grants`, { amount });
    expect(await pagesOf(service.live, `/v1/accounts/${untouched}/grants`, 10)).toEqual([[]]);
    expect(await balanceOf(service.live, untouched)).toMatchObject({ posted: '0' });
  });
});

describe('listing grants', () => {
  it('shows an account’s own, newest first, page by page', async () => {
    const account = await openAccount(service.live);
    const newestFirst: string[] = [];
    for (let index = 0; index < 7; index++) newestFirst.unshift((await grantCredits(service.live, account, '1')).id);
    await openAccount(service.live, { credits: '1' });

    expect(await pagesOf(service.live, `/v1/accounts/${account}/grants`, 3)).toEqual([
      newestFirst.slice(0, 3),
      newestFirst.slice(3, 6),
      newestFirst.slice(6),
    ]);
  });

  it.each(['nonsense', '', Buffer.from('1.1').toString('base64url')])('refuses the cursor “%s”', async (cursor) => {
    const account = await openAccount(service.live);
    expectFaults(await service.live.get(`/v1/accounts/${account}/grants?cursor=${cursor}`), ['cursor']);
  });

  it.each(['grant_', 'grant_zzz', 'auth_00000000000000000000000000', `grant_${'z'.repeat(26)}`, 'grant_%00', '1'])(
    'is 404 for the id %s',
    async (id) => {
      expectProblem(await service.live.get(`/v1/grants/${id}`), 404, 'grant_not_found');
      expectProblem(await service.live.post(`/v1/grants/${id}/void`), 404, 'grant_not_found');
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAccount, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('opening an account', () => {
  it('answers 201 with the account, empty, on the default terms', async () => {
    const account = expectAccount(await service.live.post('/v1/accounts', { id: 'A-Z.a_z:0-9' }), 201);

    expect(account).toEqual({
      id: 'A-Z.a_z:0-9',
      unit: 'credits',
      name: null,
      status: 'active',
      overdraft_limit: '0',
      overage: 'cap',
      time_zone: 'UTC',
      commitment: null,
      plan: null,
      auto_topup: null,
      rate_card: null,
      discount: '0',
      overrides: [],
      metadata: {},
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      balance: {
        unit: 'credits',
        posted: '0',
        held: '0',
        available: '0',
        debt: '0',
        as_of: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    });
  });

  it('keeps all the terms it is given, and GET shows them', async () => {
    const terms = {
      id: 'with-terms',
      unit: 'USD',
      name: 'Acme “Ltd” 株式会社',
      overdraft_limit: '12345678901234567890123456.123456789012',
      overage: 'debt',
      time_zone: 'Europe/Berlin',
      metadata: { plan: 'pro', seats: 3, nested: { deep: [1, null, 'x'] } },
    };
    expect(expectAccount(await service.live.post('/v1/accounts', terms), 201)).toMatchObject(terms);
    expect(expectAccount(await service.live.get('/v1/accounts/with-terms'), 200)).toMatchObject(terms);
  });

  it('takes the longest id there may be, and finds it by its path, encoded too', async () => {
    for (const id of ['a'.repeat(128), ':'.repeat(128)]) {
      expectAccount(await service.live.post('/v1/accounts', { id }), 201);
      for (const path of [id, encodeURIComponent(id)])
        expect(expectAccount(await service.live.get(`/v1/accounts/${path}`), 200).id).toBe(id);
    }
  });

  it('takes only ids that a client’s URL keeps as they are, and finds an account there is nevertheless', async () => {
    for (const id of ['...', '.a', 'a.', '..a', ':', '::', '.:', '-', '_', '-..', 'a:80', 'http:']) {
      expectAccount(await service.live.post('/v1/accounts', { id }), 201);
      const { pathname } = new URL(`/v1/accounts/${id}`, service.url);
      expect(expectAccount(await service.live.get(pathname), 200).id).toBe(id);
    }
    // One that was opened when it was allowed can still be named.
    for (const account of ['.', '..'])
      expectProblem(await service.live.post('/v1/charges', { account, amount: '1' }), 404, 'account_not_found');
  });

  it('makes an id where none is given, a new one every time', async () => {
    const first = expectAccount(await service.live.post('/v1/accounts', {}), 201);
    const second = expectAccount(await service.live.post('/v1/accounts'), 201);

    expect(first.id).toMatch(/^acct_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(second.id).not.toBe(first.id);
    expect(expectAccount(await service.live.get(`/v1/accounts/${first.id}`), 200).id).toBe(first.id);
  });

  it('answers 200 with the same account to the same request again, whatever the order of its fields', async () => {
    const { created_at } = expectAccount(
      await service.live.post('/v1/accounts', { id: 'twice', metadata: { a: 1, b: 2 }, overdraft_limit: '5' }),
      201,
    );
    const again = await service.live.post('/v1/accounts', {
      overdraft_limit: '5.00',
      metadata: { b: 2, a: 1 },
      id: 'twice',
    });

    expect(expectAccount(again, 200)).toMatchObject({ id: 'twice', created_at });
  });

  it.each([
    ['unit', { unit: 'USD' }],
    ['name', { name: 'Another' }],
    ['overdraft_limit', { overdraft_limit: '1' }],
    ['overage', { overage: 'reject' }],
    ['time_zone', { time_zone: 'Europe/Paris' }],
    ['metadata', { metadata: { plan: 'free' } }],
  ])('answers 409 to the same id with another %s, names it, and changes nothing', async (field, difference) => {
    const id = await openAccount(service.live, { name: 'One' });
    const before = expectAccount(await service.live.get(`/v1/accounts/${id}`), 200);

    const answer = await service.live.post('/v1/accounts', { id, name: 'One', ...difference });
    const problem = expectProblem(answer, 409, 'account_exists');
    expect(problem['errors']).toEqual([{ field, message: 'differs from that of the existing account' }]);
    expect(problem.detail).toContain(`differs in: ${field}.`);
    const after = expectAccount(await service.live.get(`/v1/accounts/${id}`), 200);
    expect({ ...after, balance: null }).toEqual({ ...before, balance: null });
  });

  it('opens one account when 20 requests for the same id come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.live.post('/v1/accounts', { id: 'all-at-once' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
  });

  it.each([
    ['id', { id: '' }],
    ['id', { id: 'a'.repeat(129) }],
    ['id', { id: 'with space' }],
    ['id', { id: 'slash/slash' }],
    ['id', { id: 'ümlaut' }],
    ['id', { id: 17 }],
    ['id', { id: '.' }],
    ['id', { id: '..' }],
    ['unit', { unit: '' }],
    ['unit', { unit: 'c'.repeat(33) }],
    ['name', { name: 5 }],
    ['name', { name: 'n'.repeat(257) }],
    ['overdraft_limit', { overdraft_limit: 5 }],
    ['overdraft_limit', { overdraft_limit: '-1' }],
    ['overage', { overage: 'maybe' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: { large: 'x'.repeat(16 * 1024) } }],
    ['balance', { balance: '100' }],
  ])('refuses a malformed %s: %j', async (field, body) => {
    expectFaults(await service.live.post('/v1/accounts', body), [field]);
  });

  it('names every fault at once', async () => {
    const answer = await service.live.post('/v1/accounts', { id: '?', unit: 1, overage: 'maybe', colour: 'red' });
    expectFaults(answer, ['id', 'unit', 'overage', 'colour']);
  });
});

describe('changing an account', () => {
  it('changes what is given and keeps the rest', async () => {
    const id = await openAccount(service.live, { name: 'Old', overage: 'reject', metadata: { a: 1 } });
    const patched = expectAccount(
      await service.live.patch(`/v1/accounts/${id}`, { name: null, overdraft_limit: '7.50', metadata: { b: 2 } }),
      200,
    );

    const expected = { id, name: null, overdraft_limit: '7.5', overage: 'reject', metadata: { b: 2 } };
    expect(patched).toMatchObject(expected);
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200)).toMatchObject(expected);
  });

  it('refuses what cannot change: id, unit, status and balance', async () => {
    const id = await openAccount(service.live);
    const answer = await service.live.patch(`/v1/accounts/${id}`, { id: 'b', unit: 'USD', status: 'x', balance: {} });
    expectFaults(answer, ['id', 'unit', 'status', 'balance']);
  });

  it('is 404 for an account that is not there', async () => {
    expectProblem(await service.live.patch('/v1/accounts/nobody', { name: 'x' }), 404, 'account_not_found');
  });
});

describe('a suspended account', () => {
  it('declines every authorization and charge, 402 account_suspended, until it is resumed', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const suspended = expectAccount(await service.live.post(`/v1/accounts/${id}/suspend`), 200);
    expect(suspended).toMatchObject({ id, status: 'suspended', balance: { posted: '10' } });

    const spend = { account: id, amount: '1' };
    for (const path of ['/v1/authorizations', '/v1/charges'])
      expect(expectProblem(await service.live.post(path, spend), 402, 'account_suspended')).toMatchObject({
        account: id,
      });
    for (const path of ['/v1/authorizations/batch', '/v1/charges/batch'])
      expectProblem(await service.live.post(path, { items: [spend] }), 402, 'account_suspended');
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200).status).toBe('suspended');

    expect(expectAccount(await service.live.post(`/v1/accounts/${id}/resume`), 200).status).toBe('active');
    expect((await service.live.post('/v1/charges', spend)).status).toBe(201);
  });

  it('still takes commits, voids and grants: the model has already run', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const [one, two] = [await authorize(service.live, id, '2'), await authorize(service.live, id, '3')];
    await service.live.post(`/v1/accounts/${id}/suspend`);

    expect((await service.live.post(`/v1/authorizations/${one.id}/commit`, { amount: '4' })).body).toMatchObject({
      committed: '4',
      uncollected: '0',
    });
    expect((await service.live.post(`/v1/authorizations/${two.id}/void`)).status).toBe(200);
    await grantCredits(service.live, id, '1');
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200).balance).toMatchObject({
      posted: '7',
      held: '0',
    });
  });

  it('may be suspended and resumed again and again; both are 404 for an account that is not there', async () => {
    const id = await openAccount(service.live);
    for (const step of ['suspend', 'suspend', 'resume', 'resume'])
      expect((await service.live.post(`/v1/accounts/${id}/${step}`)).status).toBe(200);
    for (const step of ['suspend', 'resume'])
      expectProblem(await service.live.post(`/v1/accounts/nobody/${step}`), 404, 'account_not_found');
    expectProblem(await service.test.post(`/v1/accounts/${id}/suspend`), 404, 'account_not_found');
  });
});

describe('listing accounts', () => {
  const total = 25;
  const newestFirst: string[] = [];
  // The environment `test` holds these accounts and no others.
  beforeAll(async () => {
    for (let index = 0; index < total; index++) newestFirst.unshift(await openAccount(service.test));
  });

  it('shows 20, newest first, and a cursor to the rest', async () => {
    const [first, second, ...others] = await pagesOf(service.test, '/v1/accounts', 20);
    expect(first).toEqual(newestFirst.slice(0, 20));
    expect(second).toEqual(newestFirst.slice(20));
    expect(others).toEqual([]);

    const { body } = await service.test.get('/v1/accounts');
    expect(body).toMatchObject({ data: newestFirst.slice(0, 20).map((id) => ({ id })) });
  });

  it.each([1, 7, 24, 25, 100])('gives every account exactly once, %d a page', async (limit) => {
    const pages = await pagesOf(service.test, '/v1/accounts', limit);
    expect(pages.flat()).toEqual(newestFirst);
    expect(pages).toHaveLength(Math.ceil(total / limit));
  });

  it('keeps its place while new accounts are opened', async () => {
    const page = await service.test.get('/v1/accounts?limit=10');
    const { next_cursor } = page.body as { next_cursor: string };
    newestFirst.unshift(await openAccount(service.test));

    const { body } = await service.test.get(`/v1/accounts?limit=100&cursor=${next_cursor}`);
    expect(body).toMatchObject({ data: newestFirst.slice(11).map((id) => ({ id })), next_cursor: null });
  });

  it.each(['0', '101', '-1', '1.5', 'ten', '', '1e1', '99999999999999999999'])(
    'refuses the limit “%s”',
    async (limit) => {
      expectFaults(await service.live.get(`/v1/accounts?limit=${limit}`), ['limit']);
    },
  );

  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['a cursor of another list', Buffer.from('018f0000-0000-7000-8000-000000000000').toString('base64url')],
    ['a forged one beyond any account', Buffer.from('1.9999999999999999999').toString('base64url')],
    ['a forged one beyond any time', Buffer.from('999999999999999.1').toString('base64url')],
  ])('refuses %s as a cursor, or finds nothing after it', async (_, cursor) => {
    const answer = await service.live.get(`/v1/accounts?cursor=${cursor}`);
    if (answer.status === 200) expect(answer.body).toHaveProperty('next_cursor');
    else expectFaults(answer, ['cursor']);
  });

  it('refuses a parameter given twice, and one it does not know', async () => {
    expectFaults(await service.live.get('/v1/accounts?limit=1&limit=2'), ['limit']);
    expectFaults(await service.live.get('/v1/accounts?order=asc'), ['order']);
  });
});

describe('getting or creating an account', () => {
  it('answers 201 the first time, then 200 with the account, whatever its terms have become', async () => {
    const body = { unit: 'USD', name: 'Acme', overdraft_limit: '5', metadata: { plan: 'pro' } };
    expect(expectAccount(await service.live.put('/v1/accounts/put-1', body), 201)).toMatchObject({
      id: 'put-1',
      ...body,
    });
    await service.live.patch('/v1/accounts/put-1', { name: 'Acme Inc.' });
    for (const again of [body, { unit: 'credits', name: 'Other' }, {}, undefined])
      expect(expectAccount(await service.live.put('/v1/accounts/put-1', again), 200)).toMatchObject({
        ...body,
        name: 'Acme Inc.',
      });
    expect(expectAccount(await service.live.put('/v1/accounts/put-2'), 201)).toMatchObject({
      unit: 'credits',
      name: null,
    });
  });

  it('creates one account when 20 come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => service.live.put('/v1/accounts/put-at-once', { name: String(at) })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => (body as { name: string }).name)).size).toBe(1);
  });

  it('with a key gives the first answer again, and 422 for another body', async () => {
    const first = await service.live.put('/v1/accounts/put-key', { name: 'One' }, { key: 'put-1' });
    const again = await service.live.put('/v1/accounts/put-key', { name: 'One' }, { key: 'put-1' });
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = await service.live.put('/v1/accounts/put-key', { name: 'Two' }, { key: 'put-1' });
    expectProblem(other, 422, 'idempotency_key_reused');
  });

  it('refuses an id that no account can have, and a body with one', async () => {
    expectFaults(await service.live.put('/v1/accounts/with%20space'), ['id']);
    expectFaults(await service.live.put(`/v1/accounts/${'a'.repeat(129)}`), ['id']);
    expectFaults(await service.live.put('/v1/accounts/put-3', { id: 'put-3', overage: 'maybe' }), ['id', 'overage']);
  });
});

describe('finding accounts', () => {
  let found: (query: string) => Promise<string[]>;
  beforeAll(async () => {
    const accounts = [
      { id: 'find_a-1', name: 'Straße AG', metadata: { plan: 'pro', region: 'eu', seats: 3, 'x.y': 'z' } },
      { id: 'find_a-2', name: 'STRASSE GmbH', metadata: { plan: 'pro', nested: { plan: 'free' } } },
      { id: 'find_b', name: '100% "Acme_Inc"', metadata: { plan: 'free' } },
      { id: 'findXa', name: null, metadata: {} },
    ];
    for (const account of accounts) await openAccount(service.live, account);
    await service.live.post('/v1/accounts/find_b/suspend');
    await service.live.post('/v1/accounts/findXa/close');
    found = async (query) => (await pagesOf(service.live, `/v1/accounts?${query}`, 2)).flat();
  });

  it.each([
    ['id_prefix=find_', ['find_b', 'find_a-2', 'find_a-1']],
    ['id_prefix=find_a-1', ['find_a-1']],
    ['id_prefix=Find', []],
    ['name=acme_', ['find_b']],
    ['name=%25+%22a', ['find_b']],
    ['name=STRASSE', ['find_a-2']],
    ['name=stra%C3%9Fe', ['find_a-1']],
    ['id_prefix=find&status=suspended', ['find_b']],
    ['id_prefix=find&status=closed', ['findXa']],
    ['id_prefix=find&status=active', ['find_a-2', 'find_a-1']],
    ['id_prefix=find&metadata.plan=pro', ['find_a-2', 'find_a-1']],
    ['metadata.plan=pro&metadata.region=eu', ['find_a-1']],
    ['metadata.plan=Pro', []],
    ['metadata.seats=3', []],
    ['metadata.x.y=z', ['find_a-1']],
    ['id_prefix=find&metadata.plan=free&status=suspended&name=ACME', ['find_b']],
  ])('by %s', async (query, ids) => {
    expect(await found(query)).toEqual(ids);
  });

  it('finds none of another environment', async () => {
    expect((await pagesOf(service.test, '/v1/accounts?id_prefix=find', 10)).flat()).toEqual([]);
  });

  it.each([
    ['id_prefix', 'id_prefix=with%20space'],
    ['name', 'name='],
    ['status', 'status=open'],
    ['plan', 'plan=pro'],
    ['auto_topup', 'auto_topup=low'],
    ['metadata', 'metadata.plan=pro&metadata.plan=free'],
    ['metadata', 'metadata.=pro'],
    ['metadata', 'metadata=pro'],
    ['metadata', Array.from({ length: 11 }, (_, at) => `metadata.k${String(at)}=v`).join('&')],
  ])('refuses a malformed %s: %s', async (field, query) => {
    expectFaults(await service.live.get(`/v1/accounts?${query}`), [field]);
  });
});

describe('the environments live and test', () => {
  it('may use one account id each, with balances of their own', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    expectAccount(await service.test.post('/v1/accounts', { id, name: 'the other' }), 201);

    expect(expectAccount(await service.test.get(`/v1/accounts/${id}`), 200).balance.posted).toBe('0');
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200).name).toBeNull();
  });

  it('never see each other’s accounts, grants and authorizations: 404 everywhere', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '10');
    const authorization = await authorize(service.live, account, '1');
    const { test } = service;

    for (const path of [`/v1/accounts/${account}`, `/v1/accounts/${account}/balance`])
      expectProblem(await test.get(path), 404, 'account_not_found');
    for (const path of ['grants', 'transfers'])
      expectProblem(await test.get(`/v1/accounts/${account}/${path}`), 404, 'account_not_found');
    expectProblem(await test.patch(`/v1/accounts/${account}`, { name: 'x' }), 404, 'account_not_found');
    expectProblem(await test.post(`/v1/accounts/${account}/grants`, { amount: '1' }), 404, 'account_not_found');
    expectProblem(await test.post('/v1/authorizations', { account, amount: '1' }), 404, 'account_not_found');
    expectProblem(await test.post('/v1/charges', { account, amount: '1' }), 404, 'account_not_found');
    expectProblem(await test.get(`/v1/grants/${grant.id}`), 404, 'grant_not_found');
    expectProblem(await test.post(`/v1/grants/${grant.id}/void`), 404, 'grant_not_found');
    const one = `/v1/authorizations/${authorization.id}`;
    expectProblem(await test.get(one), 404, 'authorization_not_found');
    expectProblem(await test.post(`${one}/commit`), 404, 'authorization_not_found');
    expectProblem(await test.post(`${one}/void`), 404, 'authorization_not_found');
    const batch = await test.post('/v1/authorizations/commit-batch', { items: [{ authorization: authorization.id }] });
    expect(batch.body).toMatchObject({ items: [{ status: 404, problem: { code: 'authorization_not_found' } }] });

    const inTest = await pagesOf(test, '/v1/authorizations', 100);
    expect(inTest.flat()).not.toContain(authorization.id);
    expect((await pagesOf(test, '/v1/accounts', 100)).flat()).not.toContain(account);
  });
});

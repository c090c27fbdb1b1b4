import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { expectAuthorization, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(() => service.stop());

/** Expects the first answer given again: status, content type and body byte for byte, and marked. */
function expectReplay(answer: Answer, first: Answer): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: first.status, text: first.text });
  for (const header of ['content-type', 'retry-after']) expect(answer.headers[header]).toBe(first.headers[header]);
  expect(answer.headers['idempotency-replayed']).toBe('true');
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
}

/** A POST of each kind, made ready to be sent twice. */
interface Post {
  readonly path: string;
  readonly body?: unknown;
}
type Prepare = (account: string) => Promise<Post> | Post;

const holdOf = async (account: string): Promise<string> => (await authorize(service.live, account, '1')).id;
const tooMuch = (account: string) => ({ account, amount: '1000' });

const POSTS: readonly (readonly [name: string, status: number, prepare: Prepare])[] = [
  ['opening an account', 201, () => ({ path: '/v1/accounts', body: { name: 'New' } })],
  ['opening an account that exists', 200, (account) => ({ path: '/v1/accounts', body: { id: account } })],
  ['a grant', 201, (account) => ({ path: `/v1/accounts/${account}/grants`, body: { amount: '5' } })],
  [
    'voiding a grant',
    200,
    async (account) => ({ path: `/v1/grants/${(await grantCredits(service.live, account, '5')).id}/void` }),
  ],
  ['an authorization', 201, (account) => ({ path: '/v1/authorizations', body: { account, amount: '1' } })],
  ['a declined authorization', 402, (account) => ({ path: '/v1/authorizations', body: tooMuch(account) })],
  [
    'an authorization declined for held credits',
    402,
    async (account) => {
      await authorize(service.live, account, '95');
      return { path: '/v1/authorizations', body: { account, amount: '50' } };
    },
  ],
  ['a batch', 201, (account) => ({ path: '/v1/authorizations/batch', body: { items: [{ account, amount: '1' }] } })],
  ['a declined batch', 402, (account) => ({ path: '/v1/authorizations/batch', body: { items: [tooMuch(account)] } })],
  [
    'an independent batch',
    200,
    (account) => ({
      path: '/v1/authorizations/batch',
      body: { mode: 'independent', items: [{ account, amount: '1' }, tooMuch(account), { account: 'x', amount: '1' }] },
    }),
  ],
  ['a commit', 200, async (account) => ({ path: `/v1/authorizations/${await holdOf(account)}/commit` })],
  [
    'a partial commit',
    200,
    async (account) => ({
      path: `/v1/authorizations/${await holdOf(account)}/commit`,
      body: { amount: '0.1', final: false },
    }),
  ],
  [
    'a rejected commit',
    402,
    async (account) => {
      const { id } = await authorize(service.live, account, '1', { overage: 'reject' });
      return { path: `/v1/authorizations/${id}/commit`, body: { amount: '1000' } };
    },
  ],
  [
    'a batch of commits',
    200,
    async (account) => ({
      path: '/v1/authorizations/commit-batch',
      body: { items: [{ authorization: await holdOf(account), amount: '0.5', final: false }] },
    }),
  ],
  [
    'an extension',
    200,
    async (account) => ({ path: `/v1/authorizations/${await holdOf(account)}/extend`, body: { amount: '1' } }),
  ],
  ['suspending an account', 200, (account) => ({ path: `/v1/accounts/${account}/suspend` })],
  ['a void', 200, async (account) => ({ path: `/v1/authorizations/${await holdOf(account)}/void` })],
  ['a charge', 201, (account) => ({ path: '/v1/charges', body: { account, amount: '1' } })],
  ['a declined charge', 402, (account) => ({ path: '/v1/charges', body: tooMuch(account) })],
  [
    'a batch of charges',
    201,
    (account) => ({ path: '/v1/charges/batch', body: { items: [{ account, amount: '1' }] } }),
  ],
  [
    'a declined batch of charges',
    402,
    (account) => ({ path: '/v1/charges/batch', body: { items: [tooMuch(account)] } }),
  ],
];

describe('the same request with the same key', () => {
  it.each(POSTS)('%s is answered again with its first answer, %d, and happens once', async (_, status, prepare) => {
    const account = await openAccount(service.live, { credits: '100' });
    const { path, body } = await prepare(account);
    const key = randomUUID();
    const first = await service.live.post(path, body, { key });
    expect({ status: first.status, body: first.body }).toMatchObject({ status });
    const after = await balanceOf(service.live, account);

    expectReplay(await service.live.post(path, body, { key }), first);
    expectReplay(await second.live.post(path, body, { key }), first);
    expect({ ...(await balanceOf(service.live, account)), as_of: null }).toEqual({ ...after, as_of: null });
  });

  it('in another order of its fields, and with other spaces, is the same request', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const key = randomUUID();
    const first = await service.live.post('/v1/charges', { account, amount: '1', tags: { a: 'x', b: 'y' } }, { key });
    const again = await service.live.send({
      method: 'POST',
      path: '/v1/charges',
      payload: `{ "tags": {"b":"y",  "a":"x"},\n "amount":"1", "account":"${account}" }`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      key,
    });
    expectReplay(again, first);
  });

  it('is answered as at first after the account was emptied, and a decline stays a decline after it was filled', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const body = { account, amount: '6' };
    const [charged, declined] = [randomUUID(), randomUUID()];
    const first = await service.live.post('/v1/charges', body, { key: charged });
    const no = await service.live.post('/v1/charges', body, { key: declined });
    expect([first.status, no.status]).toEqual([201, 402]);

    await charge(service.live, account, '4');
    expectReplay(await service.live.post('/v1/charges', body, { key: charged }), first);
    await grantCredits(service.live, account, '100');
    expectReplay(await service.live.post('/v1/charges', body, { key: declined }), no);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '100' });
  });

  it('of a commit is answered as at first after a later request changed the authorization', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const { id } = await authorize(service.live, account, '6');
    const key = randomUUID();
    const path = `/v1/authorizations/${id}/commit`;
    const first = await service.live.post(path, { amount: '1', final: false }, { key });
    expectAuthorization(await service.live.post(path, { amount: '2' }), 200);

    expectReplay(await service.live.post(path, { amount: '1', final: false }, { key }), first);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '7', held: '0' });
  });
});

/** POSTs with fields that are null, which is the same as not given; without them they are the same requests. */
const NULLS: readonly (readonly [name: string, prepare: Prepare, nulls: Readonly<Record<string, unknown>>])[] = [
  [
    'an account',
    () => ({ path: '/v1/accounts', body: {} }),
    { id: null, unit: null, name: null, overdraft_limit: null, overage: null, time_zone: null, metadata: null },
  ],
  [
    'a grant',
    (account) => ({ path: `/v1/accounts/${account}/grants`, body: { amount: '1' } }),
    {
      ...{ category: null, priority: null, effective_at: null, expires_at: null, cost_basis: null, scope: null },
      metadata: null,
    },
  ],
  [
    'an authorization',
    (account) => ({ path: '/v1/authorizations', body: { account, amount: '1' } }),
    { usage: null, tags: null, metadata: null, expires_in: null, overage: null },
  ],
  [
    'a charge',
    (account) => ({ path: '/v1/charges', body: { account, amount: '1' } }),
    { usage: null, tags: null, metadata: null },
  ],
  [
    'a batch',
    (account) => ({ path: '/v1/charges/batch', body: { items: [{ account, amount: '1' }] } }),
    { mode: null },
  ],
  [
    'a commit',
    async (account) => ({ path: `/v1/authorizations/${await holdOf(account)}/commit`, body: {} }),
    { amount: null, final: null },
  ],
  [
    'an extension',
    async (account) => ({ path: `/v1/authorizations/${await holdOf(account)}/extend`, body: { amount: '1' } }),
    { expires_in: null },
  ],
  [
    'a refund',
    async (account) => {
      const { id } = await charge(service.live, account, '1');
      return { path: `/v1/authorizations/${id}/refund`, body: {} };
    },
    { amount: null, reason: null },
  ],
  [
    'a webhook endpoint',
    () => ({ path: '/v1/webhook-endpoints', body: { url: 'https://acme.example/hooks' } }),
    { types: null, account: null, description: null },
  ],
  [
    'an API key',
    () => ({ path: '/v1/api-keys', body: { name: 'a key', scopes: ['read'] } }),
    { environment: null, expires_at: null, allowed_addresses: null },
  ],
];

describe('a field that is null', () => {
  it.each(NULLS)('is the same request as one without it: %s', async (_, prepare, nulls) => {
    const account = await openAccount(service.live, { credits: '100' });
    const { path, body } = await prepare(account);
    const [withNulls, without] = [{ ...(body as object), ...nulls }, body];
    const { path: otherPath, body: otherBody } = await prepare(account);
    for (const [at, first, again] of [
      [path, withNulls, without],
      [otherPath, otherBody, { ...(otherBody as object), ...nulls }],
    ] as const) {
      const key = randomUUID();
      const answer = await service.live.post(at, first, { key });
      expectReplay(await service.live.post(at, again, { key }), answer);
    }
  });

  it('is not given in the items of a batch and in the scope of a grant either', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    for (const [path, one, other] of [
      [
        '/v1/authorizations/batch',
        { items: [{ account, amount: '1', tags: null, expires_in: null }] },
        { items: [{ account, amount: '1' }] },
      ],
      [
        `/v1/accounts/${account}/grants`,
        { amount: '1', scope: { events: ['x'], models: null, tags: null } },
        { amount: '1', scope: { events: ['x'] } },
      ],
    ] as const) {
      const key = randomUUID();
      const answer = await service.live.post(path, one, { key });
      expectReplay(await service.live.post(path, other, { key }), answer);
    }
  });

  it('is a value in metadata and properties, and where a PATCH removes something', async () => {
    const account = await openAccount(service.live, { credits: '10', name: 'Acme' });
    const spend = { account, amount: '1' };
    for (const [one, other] of [
      [{ metadata: { a: null } }, { metadata: {} }],
      [{ metadata: { items: [{ a: null }] } }, { metadata: { items: [{}] } }],
      [{ usage: { event: 'x', properties: { a: null } } }, { usage: { event: 'x', properties: {} } }],
    ]) {
      const key = randomUUID();
      expectAuthorization(await service.live.post('/v1/charges', { ...spend, ...one }, { key }), 201);
      const answer = await service.live.post('/v1/charges', { ...spend, ...other }, { key });
      expectProblem(answer, 422, 'idempotency_key_reused');
    }
    const key = randomUUID();
    await service.live.patch(`/v1/accounts/${account}`, { name: null }, { key });
    expectProblem(await service.live.patch(`/v1/accounts/${account}`, {}, { key }), 422, 'idempotency_key_reused');
  });
});

describe('20 requests at once with one key', () => {
  it.each([
    ['a charge', (account: string) => ({ path: '/v1/charges', body: { account, amount: '1' } })],
    ['an authorization', (account: string) => ({ path: '/v1/authorizations', body: { account, amount: '1' } })],
    ['a grant', (account: string) => ({ path: `/v1/accounts/${account}/grants`, body: { amount: '5' } })],
    ['a batch', (account: string) => ({ path: '/v1/charges/batch', body: { items: [{ account, amount: '1' }] } })],
    ['opening an account', () => ({ path: '/v1/accounts', body: {} })],
  ])('over two instances: %s has one effect, and all get its answer', async (_, postOf) => {
    const account = await openAccount(service.live, { credits: '10' });
    const { path, body } = postOf(account);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_request, index) =>
        (index % 2 === 0 ? service : second).live.post(path, body, { key }),
      ),
    );

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    const effects = [
      ...(await pagesOf(service.live, `/v1/authorizations?account=${account}`, 100)),
      ...(await pagesOf(service.live, `/v1/accounts/${account}/grants`, 100)),
    ].flat();
    // The grant that the account began with, and what the one request made of it.
    expect(effects).toHaveLength(path === '/v1/accounts' ? 1 : 2);
  });
});

describe('a key that was used', () => {
  it('with another body, or for another operation, is 422 and does nothing', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const key = randomUUID();
    await service.live.post('/v1/charges', { account, amount: '1' }, { key });
    const hold = await authorize(service.live, account, '1');

    for (const [path, body] of [
      ['/v1/charges', { account, amount: '2' }],
      ['/v1/charges', { account, amount: '1.0' }],
      ['/v1/charges', { account, amount: '1', metadata: {} }],
      ['/v1/authorizations', { account, amount: '1' }],
      ['/v1/charges/batch', { items: [{ account, amount: '1' }] }],
      [`/v1/accounts/${account}/grants`, { amount: '1' }],
      [`/v1/authorizations/${hold.id}/commit`, {}],
    ] as const) {
      const answer = await service.live.post(path, body, { key });
      expectProblem(answer, 422, 'idempotency_key_reused');
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    }
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '9', held: '1' });
  });

  it('for one account is free for another, and in the other environment', async () => {
    const key = randomUUID();
    const [one, two] = [await openAccount(service.live), await openAccount(service.live)];
    const elsewhere = await openAccount(service.test, { id: one });
    for (const [client, account] of [
      [service.live, one],
      [service.live, two],
      [service.test, elsewhere],
    ] as const) {
      const answer = await client.post(`/v1/accounts/${account}/grants`, { amount: '5' }, { key });
      expect(answer.status).toBe(201);
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
      expect(await balanceOf(client, account)).toMatchObject({ posted: '5' });
    }
  });

  it('never answers for another environment, whatever object the request names', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const grant = (await grantCredits(service.live, account, '5')).id;
    const { id } = await authorize(service.live, account, '2');
    const asks = [
      [`/v1/authorizations/${id}/extend`, { amount: '1' }],
      [`/v1/authorizations/${id}/commit`, { amount: '1' }],
      [`/v1/authorizations/${id}/refund`, { amount: '1' }],
      [`/v1/grants/${grant}/void`, {}],
      ['/v1/authorizations/commit-batch', { items: [{ authorization: id, amount: '1' }] }],
    ] as const;
    for (const [path, body] of asks) {
      const key = randomUUID();
      expect((await service.live.post(path, body, { key })).status).toBe(200);
      for (const asked of [body, { ...body, reason: 'another request' }]) {
        const answer = await service.test.post(path, asked, { key });
        expect(answer.headers).not.toHaveProperty('idempotency-replayed');
        expect(answer.text).not.toContain(account);
        expect(answer.status).not.toBe(422);
      }
    }
  });

  it('for a batch is kept under its first item’s account', async () => {
    const [one, two] = [
      await openAccount(service.live, { credits: '10' }),
      await openAccount(service.live, { credits: '10' }),
    ];
    const key = randomUUID();
    const items = [one, two].map((account) => ({ account, amount: '1' }));
    const first = await service.live.post('/v1/charges/batch', { items }, { key });
    expectReplay(await second.live.post('/v1/charges/batch', { items }, { key }), first);

    expect((await service.live.post('/v1/charges', { account: two, amount: '1' }, { key })).status).toBe(201);
    const reused = await service.live.post('/v1/charges', { account: one, amount: '1' }, { key });
    expectProblem(reused, 422, 'idempotency_key_reused');
  });
});

describe('a key is not used up', () => {
  it('by a malformed request', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const key = randomUUID();
    expectFaults(await service.live.post('/v1/charges', { account, amount: 1 }, { key }), ['amount']);
    const answer = await service.live.post('/v1/charges', { account, amount: '1' }, { key });
    expect(answer.status).toBe(201);
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('by a state conflict: the commit of a voided authorization, a grant with nothing left to void', async () => {
    const account = await openAccount(service.live);
    const grant = await grantCredits(service.live, account, '5');
    const hold = await authorize(service.live, account, '5');
    const key = randomUUID();
    expectProblem(
      await service.live.post(`/v1/grants/${grant.id}/void`, undefined, { key }),
      409,
      'grant_not_voidable',
    );
    await service.live.post(`/v1/authorizations/${hold.id}/void`);
    const commit = await service.live.post(`/v1/authorizations/${hold.id}/commit`, {}, { key });
    expectProblem(commit, 409, 'authorization_voided');

    const answer = await service.live.post(`/v1/grants/${grant.id}/void`, undefined, { key });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('by an account that is not there yet', async () => {
    const id = `later-${randomUUID()}`;
    const key = randomUUID();
    const body = { account: id, amount: '1' };
    expectProblem(await service.live.post('/v1/charges', body, { key }), 404, 'account_not_found');
    await openAccount(service.live, { id, credits: '1' });
    expect((await service.live.post('/v1/charges', body, { key })).status).toBe(201);
  });
});

describe('the Idempotency-Key header', () => {
  it.each([
    ['one character', 'k'],
    ['255 characters', 'k'.repeat(255)],
    ['spaces, quotes and signs', `"a key": ~!@#$%^&*()_+ {}[]|\\;'<>,.?/`],
  ])('may be %s', async (_, key) => {
    const account = await openAccount(service.live, { credits: '10' });
    const first = await service.live.post('/v1/charges', { account, amount: '1' }, { key });
    expect(first.status).toBe(201);
    expectReplay(await service.live.post('/v1/charges', { account, amount: '1' }, { key }), first);
  });

  it.each([
    ['empty', ''],
    ['256 characters long', 'k'.repeat(256)],
    ['not ASCII', 'clé'],
    ['with a tab in it', 'a\tb'],
  ])('is refused where it is %s, and nothing happens', async (_, key) => {
    const account = await openAccount(service.live, { credits: '10' });
    const answer = await service.live.post('/v1/charges', { account, amount: '1' }, { key });
    expectFaults(answer, ['Idempotency-Key']);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10' });
  });

  it('may be left out: then every request is a new one', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await charge(service.live, account, '1');
    await charge(service.live, account, '1');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '8' });
  });
});

describe('the fingerprint of a request', () => {
  const usage = { event: 'used', z: 1, 10: 2, 9: '0.50', properties: { b: null, a: ['ä', { d: 1, c: null }] } };
  const item = { account: 'pinned', amount: '1', group: null, usage: [usage] };

  // Some keys are kept forever, so these never change.
  it.each<[string, string, object | undefined, string]>([
    ['a charge', '/v1/charges', { ...item, metadata: { b: 1, a: null } }, 'fa8310d6-0e9e-757c-5e6c-6b966e22b234'],
    ['a batch', '/v1/charges/batch', { items: [item], mode: null }, '5088621d-bd89-9f9d-42d8-1bc74e312618'],
    [
      'a grant',
      '/v1/accounts/pinned/grants',
      { scope: { models: null, events: ['used'] }, amount: '5' },
      '1bbca812-3071-0a2f-d854-c31367d036d8',
    ],
    ['no body', '/v1/accounts/pinned/resume', undefined, 'b0851121-2b3c-d460-4a4d-a5146010dbae'],
  ])('is the same in every version: %s', async (key, path, body, fingerprint) => {
    await service.live.put('/v1/accounts/pinned', { overdraft_limit: '100' });
    expect((await service.live.post(path, body, { key })).status).toBeLessThan(300);
    const { rows } = await service.pool.query<{ fingerprint: string }>(
      `select fingerprint from (table idempotency_keys union all table idempotency_keys_kept) k
      order by created_at desc limit 1`,
    );
    expect(rows).toEqual([{ fingerprint }]);
  });
});

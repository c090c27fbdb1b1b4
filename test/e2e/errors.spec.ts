import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, RawRequest } from '../support/api-client.ts';
import { expectAccount, expectAuthorization, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { sendBytes } from '../support/send-bytes.ts';
import { LIVE_KEY, startTestService, TEST_KEY, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '10' });
});
afterAll(() => service.stop());

const json = { 'content-type': 'application/json' };
const send = (request: Partial<RawRequest>): Promise<Answer> =>
  service.live.send({ method: 'POST', path: '/v1/charges', ...request });

/** Starts to measure the processor time of this process, which runs the service. @returns the milliseconds so far */
function cpuMeter(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

describe('a request without a valid key', () => {
  it.each([
    ['no key', ''],
    ['an unknown key', 'Bearer pur_live_unknown-but-long-enough-to-be-one'],
    ['a known key with one more character', `Bearer ${TEST_KEY}x`],
    ['a known key less its last character', `Bearer ${TEST_KEY.slice(0, -1)}`],
    ['a known key in capitals', `Bearer ${TEST_KEY.toUpperCase()}`],
    ['another scheme', `Basic ${Buffer.from(`${TEST_KEY}:`).toString('base64')}`],
    ['no scheme', TEST_KEY],
    ['only the scheme', 'Bearer '],
  ])('(%s) is 401 with WWW-Authenticate, wherever it goes', async (_, authorization) => {
    for (const request of [
      { method: 'GET', path: '/v1/accounts' },
      { method: 'GET', path: `/v1/accounts/${account}/balance` },
      { method: 'GET', path: '/v1/grants/grant_1' },
      { method: 'POST', path: '/v1/accounts', payload: '{"id":"intruder"}' },
      { method: 'PATCH', path: `/v1/accounts/${account}`, payload: '{"name":"x"}' },
      { method: 'POST', path: '/v1/charges', payload: `{"account":"${account}","amount":"1"}` },
    ] as const) {
      const answer = await send({ ...request, headers: { ...json, authorization } });
      const { reason } = expectProblem(answer, 401, 'invalid_api_key');
      expect(reason).toBe(/^Bearer ./.test(authorization) ? 'unknown' : 'missing');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer\b/);
      expect(answer.text).not.toContain(TEST_KEY.slice(10));
    }
    expect((await service.live.get('/v1/accounts/intruder')).status).toBe(404);
  });

  it('may ask for the service’s health', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect(await send({ method: 'GET', path, headers: { authorization: '' } })).toMatchObject({ status: 200 });
  });
});

describe('a path or method that is not there', () => {
  it.each([
    ['GET', '/v1'],
    ['GET', '/v2/accounts'],
    ['GET', '/v1/accounts/a/b/c'],
    ['GET', '/V1/ACCOUNTS'],
    ['GET', '/v1/accounts/../../etc/passwd'],
    ['POST', '/v1/authorization?account=a'],
  ] as const)('is 404, which names it: %s %s', async (method, path) => {
    for (const headers of [{}, { authorization: '' }]) {
      const { detail } = expectProblem(await send({ method, path, headers }), 404, 'not_found');
      expect(detail).toBe(`There is no ${method} ${path.replace(/\?.*/, '')}.`);
    }
  });

  it('is 404 whatever the body is, and where a part of the path is empty', async () => {
    expectProblem(await send({ path: '/v1/charge', payload: 'no JSON' }), 404, 'not_found');
    const { detail } = expectProblem(await service.live.get('/v1/accounts//balance'), 404, 'not_found');
    expect(detail).toBe('There is no GET /v1/accounts//balance.');
  });

  it.each([
    ['POST', '/v1/accounts/a/balance', 'GET, HEAD'],
    ['PUT', '/v1/accounts', 'GET, HEAD, POST'],
    ['POST', '/v1/webhook-endpoints/whe_1', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/v1/authorizations/auth_1?x=1', 'GET, HEAD'],
    ['GET', '/v1/charges', 'POST'],
    ['OPTIONS', '/v1/authorizations/auth_1/void', 'POST'],
    ['PATCH', '/health/live', 'GET, HEAD'],
  ] as const)('is 405 where the path has other methods, which Allow lists: %s %s', async (method, path, allow) => {
    for (const headers of [json, { authorization: '' }]) {
      const answer = await send({ method, path, headers });
      expect([answer.status, answer.headers['allow']]).toEqual([405, allow]);
      const { detail } = expectProblem(answer, 405, 'method_not_allowed');
      expect(detail).toContain(`There is no ${method} ${path.replace(/\?.*/, '')}.`);
    }
  });

  it.each([
    ['half a character', '/v1/accounts/%E0%A4%A'],
    ['half an escape', '/v1/accounts/%'],
    ['an overlong escape', '/%c0%ae'],
    ['an id of 5 000 characters', `/v1/accounts/${'a'.repeat(5000)}`],
  ])('is a problem as well where the path itself is malformed: %s', async (_, path) => {
    const answer = await send({ method: 'GET', path });
    const { code } = answer.body as { code: string };
    expect([400, 404, 414]).toContain(answer.status);
    expectProblem(answer, answer.status, code);
  });
});

describe('a body', () => {
  it.each([
    ['broken off', '{"account":'],
    ['not JSON', 'account=a&amount=1'],
    ['two values', '{}{}'],
    ['with a comment', '{/* */}'],
    ['with NaN', '{"amount": NaN}'],
    ['with single quotes', "{'amount':'1'}"],
    ['with a byte order mark', '\ufeff{}'],
  ])('that is no JSON (%s) is 400', async (_, payload) => {
    const { errors } = expectProblem(await send({ payload, headers: json }), 400, 'invalid_request');
    expect(errors).toEqual([{ field: '', message: expect.stringMatching(/^must be JSON: /) }]);
  });

  it.each([
    ['{"__proto__":{"amount":"1"}}', '__proto__'],
    ['{"account":"a","amount":"1","metadata":{"a":[{"__proto__":null}]}}', 'metadata.a.0.__proto__'],
  ])('that sets a prototype is told where: %s', async (payload, field) => {
    expectFaults(await send({ payload, headers: json }), [field]);
  });

  it('that sets a constructor finds its fields unknown', async () => {
    const payload = `{"account":"${account}","amount":"1","constructor":{"prototype":{"amount":"1"}}}`;
    expectFaults(await send({ payload, headers: json }), ['constructor']);
  });

  it.each(['[]', '"text"', '5', 'true', '[{"account":"a","amount":"1"}]'])(
    'must be an object, not %s',
    async (payload) => {
      expectFaults(await send({ payload, headers: json }), ['']);
    },
  );

  it('of an operation that needs fields must have them: nothing and {} are told which', async () => {
    for (const payload of [undefined, '', '{}'])
      expectFaults(await send({ ...(payload === undefined ? {} : { payload }), headers: json }), ['account', 'amount']);
  });

  it('is an object: null, which a faulty program may send for a whole hold, charges nothing', async () => {
    for (const payload of ['null', '1', '"x"', '[]']) expectFaults(await send({ payload, headers: json }), ['']);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    '*/*',
  ])('of another type is 415: %s', async (type) => {
    const payload = JSON.stringify({ account, amount: '1' });
    expectProblem(await send({ payload, headers: { 'content-type': type } }), 415, 'unsupported_media_type');
  });

  it('without a type is 415', async () => {
    expectProblem(await send({ payload: '{}' }), 415, 'unsupported_media_type');
  });

  it.each([
    ['hundreds of thousands of items', { items: Array.from({ length: 300_000 }, () => ({})) }],
    [
      'tens of thousands of fields',
      Object.fromEntries(Array.from({ length: 80_000 }, (_, at) => [`f${String(at)}`, 0])),
    ],
    ['a hundred thousand NULs', { items: [{ metadata: { a: Array.from({ length: 90_000 }, () => '\0') } }] }],
  ])('of %s is refused in no time', async (_, body) => {
    const payload = JSON.stringify(body);
    const cpu = cpuMeter();
    JSON.parse(payload);
    const toParse = cpu();
    const answer = await send({ path: '/v1/charges/batch', payload, headers: json });
    const { errors } = expectProblem(answer, 400, 'invalid_request');
    expect((errors as unknown[]).length).toBeLessThanOrEqual(100);
    // Other programs slow down both alike.
    expect(cpu() - toParse).toBeLessThan(Math.max(1_000, 50 * toParse));
  });

  it('of more than 256 KiB is 413', async () => {
    const bodyOf = (bytes: number): string => JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
    const path = '/v1/authorizations';
    const largest = await send({ path, payload: bodyOf(256 * 1024), headers: json });
    expectFaults(largest, ['text', 'account', 'amount']);
    const tooLarge = await send({ path, payload: bodyOf(256 * 1024 + 1), headers: json });
    expectProblem(tooLarge, 413, 'body_too_large');
  });

  it.each(['/v1/charges/batch', '/v1/authorizations/batch', '/v1/authorizations/commit-batch'])(
    'of a batch may have 1 MiB: %s',
    async (path) => {
      const bodyOf = (bytes: number): string => JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
      expectFaults(await send({ path, payload: bodyOf(1024 * 1024), headers: json }), ['text', 'items']);
      expectProblem(await send({ path, payload: bodyOf(1024 * 1024 + 1), headers: json }), 413, 'body_too_large');
    },
  );

  it('nested beyond reason is 400, at 100 levels as at 400 000', async () => {
    for (const depth of [100, 400_000]) {
      const payload = `{"metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
      expectProblem(await send({ path: '/v1/charges/batch', payload, headers: json }), 400, 'invalid_request');
    }
  });

  it.each(['/v1/charges/batch', '/v1/authorizations/batch', '/v1/authorizations/commit-batch'])(
    'may not hide items in lists within the list: %s',
    async (path) => {
      for (const items of [[[]], [[{ account, amount: '1' }]], [[[]], { account, amount: '1' }]])
        expectProblem(await service.live.post(path, { items }), 400, 'invalid_request');
    },
  );

  it('keeps every name in metadata, tags and usage, those of JavaScript’s own objects too', async () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'then', 'length', 'name', '0', 'a.b', ' '];
    const texts = Object.fromEntries(names.map((name) => [name, 'kept']));
    const metadata = { ...texts, nested: texts, list: [texts] };
    const usage = { event: 'x', properties: texts };

    const opened = await service.live.post('/v1/accounts', { metadata });
    expect(expectAccount(opened, 201).metadata).toEqual(metadata);
    const charged = await service.live.post('/v1/charges', { account, amount: '0.1', tags: texts, metadata, usage });
    expect(expectAuthorization(charged, 201)).toMatchObject({ tags: texts, metadata, usage: [usage] });
    const grant = await grantCredits(service.live, account, '1', { scope: { tags: texts }, metadata });
    expect(grant).toMatchObject({ scope: { tags: texts }, metadata });
  });
});

describe('a field with a name that every object of JavaScript has', () => {
  it.each(['constructor', 'hasOwnProperty', 'isPrototypeOf', 'toString', '__defineGetter__'])(
    'is refused like any that is not known: %s',
    async (name) => {
      expectFaults(await service.live.post('/v1/charges', { account, amount: '1', [name]: null }), [name]);
      expectFaults(await service.live.get(`/v1/authorizations?${name}=1`), [name]);
      expectFaults(await service.live.post(`/v1/accounts/${account}/suspend`, { [name]: null }), [name]);
    },
  );
});

describe('a request of more faults than anybody reads', () => {
  it('is told the first hundred, and how many there are', async () => {
    const items = Array.from({ length: 1000 }, () => ({ account: 'acme' }));
    const answer = await service.live.post('/v1/charges/batch', { items });
    const { errors = [] } = expectProblem(answer, 400, 'invalid_request');
    expect(errors).toHaveLength(100);
    expect(answer.text).toContain('More than 100 fields are not as they must be. These are the first 100.');
  });
});

describe('every operation that takes a body', () => {
  it('refuses a field it does not know', async () => {
    const { id } = await authorize(service.live, account, '1');
    const grant = await grantCredits(service.live, account, '1');
    const spend = { account, amount: '1' };
    const operations: readonly (readonly [method: 'POST' | 'PATCH', path: string, body: object])[] = [
      ['POST', '/v1/accounts', {}],
      ['PATCH', `/v1/accounts/${account}`, {}],
      ['POST', `/v1/accounts/${account}/suspend`, {}],
      ['POST', `/v1/accounts/${account}/resume`, {}],
      ['POST', `/v1/accounts/${account}/grants`, { amount: '1' }],
      ['POST', `/v1/grants/${grant.id}/void`, {}],
      ['POST', '/v1/authorizations', spend],
      ['POST', '/v1/authorizations/batch', { items: [spend] }],
      ['POST', '/v1/authorizations/commit-batch', { items: [{ authorization: id }] }],
      ['POST', `/v1/authorizations/${id}/commit`, {}],
      ['POST', `/v1/authorizations/${id}/extend`, { amount: '1' }],
      ['POST', `/v1/authorizations/${id}/refund`, { amount: '1' }],
      ['POST', `/v1/authorizations/${id}/void`, {}],
      ['POST', '/v1/charges', spend],
      ['POST', '/v1/charges/batch', { items: [spend] }],
    ];
    for (const [method, path, body] of operations)
      expectFaults(
        await send({ method, path, payload: JSON.stringify({ ...body, unknown_field: 1 }), headers: json }),
        ['unknown_field'],
      );
  });

  it('of those that read refuses a parameter it does not know', async () => {
    const { id } = await authorize(service.live, account, '1');
    const grant = await grantCredits(service.live, account, '1');
    for (const path of [
      '/v1/accounts',
      `/v1/accounts/${account}`,
      `/v1/accounts/${account}/balance`,
      `/v1/accounts/${account}/grants`,
      `/v1/accounts/${account}/transfers`,
      `/v1/grants/${grant.id}`,
      '/v1/authorizations',
      `/v1/authorizations/${id}`,
    ])
      expectFaults(await service.live.get(`${path}?unknown_field=1`), ['unknown_field']);
  });

  it('of those that change something refuses any parameter, so that none is left unheeded', async () => {
    expectFaults(await service.live.post(`/v1/charges?amount=5&dry_run=1`, { account, amount: '1' }), [
      'amount',
      'dry_run',
    ]);
    expectFaults(await service.live.send({ method: 'DELETE', path: '/v1/test-clock?unknown_field=1' }), [
      'unknown_field',
    ]);
  });

  it('refuses a number that would become null', async () => {
    const payload = `{"account":"${account}","amount":"1","metadata":{"most":1e400,"least":[-1e400]}}`;
    const headers = { 'content-type': 'application/json' };
    expectFaults(await service.live.send({ method: 'POST', path: '/v1/charges', payload, headers }), [
      'metadata.most',
      'metadata.least.0',
    ]);
  });

  it('of those that read refuses a parameter that no text can be', async () => {
    expectFaults(await service.live.get('/v1/audit-log?object=a%00b'), ['object']);
  });

  it('is measured in characters, whatever they take in UTF-16', async () => {
    const name = '💸'.repeat(256);
    expectAccount(await service.live.post('/v1/accounts', { name }), 201);
    expectFaults(await service.live.post('/v1/accounts', { name: `${name}!` }), ['name']);
    // An emoji and what makes it colourful are two, also to the standard that describes the fields.
    expectFaults(await service.live.post('/v1/accounts', { name: '❤️'.repeat(129) }), ['name']);
    const body = { account, amount: '1', tags: { ['💸'.repeat(64)]: name }, usage: { event: '💸'.repeat(128) } };
    expectAuthorization(await service.live.post('/v1/charges', body), 201);
    expectFaults(await service.live.post('/v1/charges', { ...body, usage: { event: '💸'.repeat(129) } }), ['usage']);
  });
});

describe('amounts at the edge of what the books can hold', () => {
  it('never lead to a 500: partial commits that add up beyond it are taken or refused', async () => {
    const most = '99999999999999999999999999.999999999999';
    const rich = await openAccount(service.live);
    for (let index = 0; index < 3; index++) await grantCredits(service.live, rich, most);
    const { id } = await authorize(service.live, rich, '1');
    for (let part = 0; part < 4; part++) {
      const answer = await service.live.post(`/v1/authorizations/${id}/commit`, { amount: most, final: false });
      if (answer.status !== 200) expectProblem(answer, 400, 'invalid_request');
    }
    const { posted, held } = await balanceOf(service.live, rich);
    expect([posted.startsWith('-'), held]).toEqual([false, '0']);
  });
});

describe('what is not HTTP as we speak it', () => {
  const CHUNKED = 'transfer-encoding: chunked';
  const JSON_CHUNKED = `content-type: application/json\r\n${CHUNKED}`;
  const LIVE = `authorization: Bearer ${LIVE_KEY}`;

  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['more than 100 headers', `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${'a: b\r\n'.repeat(99)}\r\n`, 431],
    ['no host', 'GET /v1/accounts HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['another version', 'GET / HTTP/3.0\r\nhost: x\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    ['a length and chunks', `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n${CHUNKED}\r\n\r\n`, 400],
    ['no chunk', `POST /v1/charges HTTP/1.1\r\nhost: x\r\n${LIVE}\r\n${JSON_CHUNKED}\r\n\r\nnonsense\r\n`, 400],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: a miracle\r\n\r\n', 417],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n', 405],
    ['headers beyond 16 KiB', `GET /v1/accounts HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is refused with a problem too: %s', async (_, bytes, status) => {
    const answer = await sendBytes(service.url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ status, code: expect.any(String) });
  });
});

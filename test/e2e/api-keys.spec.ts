import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { Stopwatch } from '../support/stopwatch.ts';
import { startTestService, TEST_KEY, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let other: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  other = await service.startAnother();
});
afterAll(() => service.stop());

/** Asks with a key, at one of the two processes. */
async function asking(key: string, { url }: { readonly url: string } = service): Promise<Answer> {
  const client = new ApiClient(url, key);
  const answer = await client.get('/v1/accounts');
  await client.close();
  return answer;
}

/** Expects that a key isn't let in, and that its holder is told why. */
function expectInvalidKey(answer: Answer, reason: string): void {
  expect(expectProblem(answer, 401, 'invalid_api_key')).toMatchObject({ reason });
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
}

describe('a key that is made', () => {
  it('is shown once, is let in by every process at once, and is stored as nothing but its hash', async () => {
    const made = await makeKey(service.live, { name: 'the reader', scopes: ['read'] });
    expect(made).toMatchObject({ name: 'the reader', environment: 'live', scopes: ['read'], status: 'active' });
    expect(made.key).toMatch(/^pur_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
    expect(made.key.startsWith(`${made.prefix}_`)).toBe(true);
    expect((await asking(made.key, other)).status).toBe(200);
    expect((await asking(made.key)).status).toBe(200);

    const again = await service.live.get(`/v1/api-keys/${made.id}`);
    expect(again.text).not.toContain(made.key);
    const { rows } = await service.pool.query<{ row: string }>(
      `select api_keys::text as row from api_keys union all select audit_log::text from audit_log
      union all select k::text from idempotency_keys k`,
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toContain(made.key.slice(-49, -6));
  });

  it('of another environment is made by live alone, and acts there', async () => {
    const made = await makeKey(service.live, { environment: 'test', scopes: ['read'] });
    expect(made).toMatchObject({ environment: 'test' });
    expect(made.key).toMatch(/^pur_test_/);
    expectProblem(await service.live.get(`/v1/api-keys/${made.id}`), 404, 'api_key_not_found');
    const body = { name: 'a way out', scopes: ['admin'], environment: 'live' };
    expectProblem(await service.test.post('/v1/api-keys', body), 403, 'live_key_needed');
    const nowhere = { name: 'x', scopes: ['admin'], environment: 'nowhere' };
    expectProblem(await service.live.post('/v1/api-keys', nowhere), 404, 'environment_not_found');
  });

  it('is the same one under the same Idempotency-Key, secret included', async () => {
    const key = randomUUID();
    const body = { name: 'once', scopes: ['read'] };
    const [first, second] = await Promise.all([
      service.live.post('/v1/api-keys', body, { key }),
      other.live.post('/v1/api-keys', body, { key }),
    ]);
    const third = await service.live.post('/v1/api-keys', body, { key });
    expect([second.text, third.text]).toEqual([first.text, first.text]);
    expect(third.headers['idempotency-replayed']).toBe('true');
    expectProblem(
      await service.live.post('/v1/api-keys', { ...body, name: 'twice' }, { key }),
      422,
      'idempotency_key_reused',
    );
  });

  it('is shown again to the key that asked alone, whoever knows the Idempotency-Key', async () => {
    const body = { name: 'mine', scopes: ['read'] };
    const first = await service.live.post('/v1/api-keys', body, { key: 'guessable' });
    const admin = await makeKey(service.live, { scopes: ['admin'] });
    const client = new ApiClient(other.url, admin.key);
    expectProblem(await client.post('/v1/api-keys', body, { key: 'guessable' }), 422, 'idempotency_key_reused');
    await client.close();
    expect((await service.live.post('/v1/api-keys', body, { key: 'guessable' })).text).toBe(first.text);
  });

  it('needs terms that make sense', async () => {
    const past = '2020-01-01T00:00:00Z';
    const bad = { name: '', scopes: ['everything'], expires_at: past, allowed_addresses: ['10.0.0.0/33'], nick: 1 };
    expectFaults(await service.live.post('/v1/api-keys', bad), [
      'name',
      'scopes',
      'expires_at',
      'allowed_addresses',
      'nick',
    ]);
    expectFaults(await service.live.post('/v1/api-keys', { name: 'x', scopes: [] }), ['scopes']);
    const twice = { name: 'x', scopes: ['read', 'read'], allowed_addresses: ['nowhere'] };
    expect((await service.live.post('/v1/api-keys', twice)).body).toMatchObject({
      errors: [
        { field: 'scopes', message: 'must not contain the same item twice' },
        { field: 'allowed_addresses', message: expect.stringMatching(/^each must be an IP address or a network/) },
      ],
    });
    expectFaults(await service.live.post('/v1/api-keys', { name: 'x', scopes: ['read'], environment: 'A b' }), [
      'environment',
    ]);
  });

  it('is let in until it expires', async () => {
    const expiresAt = Date.now() + 3000;
    const { key, id } = await makeKey(service.live, {
      scopes: ['read'],
      expires_at: new Date(expiresAt).toISOString(),
    });
    expect((await asking(key)).status).toBe(200);
    await sleep(expiresAt - Date.now());
    for (const process of [service, other]) expectInvalidKey(await asking(key, process), 'expired');
    expect((await service.live.get(`/v1/api-keys/${id}`)).body).toMatchObject({ status: 'expired' });
    expectProblem(await service.live.post(`/v1/api-keys/${id}/roll`), 409, 'api_key_inactive');
  });

  it('is let in from its addresses only', async () => {
    const elsewhere = await makeKey(service.live, { scopes: ['read'], allowed_addresses: ['203.0.113.0/24', '::2'] });
    expectProblem(await asking(elsewhere.key), 403, 'address_not_allowed');
    const here = await makeKey(service.live, { scopes: ['read'], allowed_addresses: ['127.0.0.0/8', '::1'] });
    expect((await asking(here.key)).status).toBe(200);
  });

  it('tells when it was last used', async () => {
    const { key, id } = await makeKey(service.live, { scopes: ['read'] });
    const instance = await service.startAnother();
    await asking(key, instance);
    // It is written every ten seconds, and when a process stops.
    const used = async (): Promise<unknown> => (await service.live.get(`/v1/api-keys/${id}`)).body;
    expect(await used()).toMatchObject({ last_used_at: null });
    const isTold = async (): Promise<boolean> =>
      /^20\d\d-/.test(String(((await used()) as { last_used_at: unknown }).last_used_at));
    await eventually('its last use is told', isTold);
  });
});

describe('a key that is rolled', () => {
  it('goes on for the overlap, beside the new one', async () => {
    const old = await makeKey(service.live, { name: 'rolling', scopes: ['read'] });
    const rolled = await service.live.post(`/v1/api-keys/${old.id}/roll`, { overlap: 3 });
    expect(rolled).toMatchObject({ status: 201, body: { name: 'rolling', scopes: ['read'], status: 'active' } });
    const { key } = rolled.body as { key: string };
    expect([(await asking(old.key)).status, (await asking(key)).status]).toEqual([200, 200]);
    await sleep(3000);
    for (const process of [service, other]) {
      expectInvalidKey(await asking(old.key, process), 'expired');
      expect((await asking(key, process)).status).toBe(200);
    }
  });

  it('hands on its terms, and ends no later than it would have', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const terms = { scopes: ['read'], expires_at: expiresAt, allowed_addresses: ['127.0.0.1', '203.0.113.0/24'] };
    const old = await makeKey(service.live, terms);
    const rolled = await service.live.post(`/v1/api-keys/${old.id}/roll`, { overlap: 3600 });
    expect(rolled).toMatchObject({ status: 201, body: terms });
    expect((await service.live.get(`/v1/api-keys/${old.id}`)).body).toMatchObject({ expires_at: expiresAt });
  });

  it('ends at once where no overlap is wanted', async () => {
    const old = await makeKey(service.live, { scopes: ['read'] });
    await service.live.post(`/v1/api-keys/${old.id}/roll`, { overlap: 0 });
    expectInvalidKey(await asking(old.key), 'expired');
  });
});

describe('a key that is set by configuration', () => {
  it('is neither rolled nor revoked: the next start would be told to let in a key that is not', async () => {
    const { data } = expectList(await service.live.get('/v1/api-keys?limit=100'));
    const path = `/v1/api-keys/${data.at(-1)?.id ?? ''}`;
    expectProblem(await service.live.post(`${path}/roll`), 409, 'api_key_configured');
    expectProblem(await service.live.send({ method: 'DELETE', path }), 409, 'api_key_configured');
    expect((await service.live.get(path)).body).toMatchObject({ status: 'active', prefix: null });
  });
});

describe('a key that is revoked', () => {
  it('is refused by the same process at once, by every other within a second, and stays revoked', async () => {
    const { key, id } = await makeKey(service.live, { scopes: ['admin'] });
    await asking(key, other);
    const revoked = await service.live.send({ method: 'DELETE', path: `/v1/api-keys/${id}` });
    using stopwatch = new Stopwatch();
    expect(revoked).toMatchObject({ status: 200, body: { id, status: 'revoked' } });
    expectInvalidKey(await asking(key), 'revoked');
    for (let askedAt = 0; (await asking(key, other)).status === 200; askedAt = stopwatch.ms)
      expect(askedAt).toBeLessThan(1000);
    expectInvalidKey(await asking(key, other), 'revoked');
    // Only who has all of it learns that there was such a key.
    const last = key.endsWith('0') ? '1' : '0';
    expectInvalidKey(await asking(`${key.slice(0, -1)}${last}`), 'unknown');
    const again = await service.live.send({ method: 'DELETE', path: `/v1/api-keys/${id}` });
    // The other process may have let it in once more, and says so later.
    const { last_used_at } = again.body as { last_used_at: string | null };
    expect(again.body).toEqual({ ...(revoked.body as object), last_used_at });
  });
});

describe('keys', () => {
  it('are listed by environment, the newest first', async () => {
    const made = await makeKey(service.test, { name: 'newest', scopes: ['authorize'] });
    const { data } = expectList(await service.test.get('/v1/api-keys?limit=2'));
    expect(data[0]?.id).toBe(made.id);
    const all = await service.test.get('/v1/api-keys?limit=100');
    expect(all.text).not.toContain('pur_live');
    expect(all.text).not.toContain(TEST_KEY);
  });
});

describe('environments', () => {
  it('are made by live, once, each with keys and accounts of its own', async () => {
    const made = await service.live.post('/v1/environments', { name: 'staging' });
    expect(made).toMatchObject({ status: 201, body: { name: 'staging' } });
    expect(await service.live.post('/v1/environments', { name: 'staging' })).toMatchObject({
      status: 200,
      text: made.text,
    });
    const { key } = await makeKey(service.live, { environment: 'staging', scopes: ['admin'] });
    const staging = new ApiClient(service.url, key);
    expect((await staging.post('/v1/accounts', { id: 'acme' })).status).toBe(201);
    expectProblem(await service.live.get('/v1/accounts/acme'), 404, 'account_not_found');
    expect(expectList(await staging.get('/v1/environments')).data).toMatchObject([{ name: 'staging' }]);
    expectProblem(await staging.post('/v1/environments', { name: 'own' }), 403, 'live_key_needed');
    await staging.close();
    const names = expectList(await service.live.get('/v1/environments')).data;
    expect(names).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'live' })]));
    expectFaults(await service.live.post('/v1/environments', { name: 'Pro duction' }), ['name']);
  });

  it('are listed page by page', async () => {
    await service.live.post('/v1/environments', { name: 'dev' });
    const first = expectList(await service.live.get('/v1/environments?limit=1'));
    expect(first.data).toMatchObject([{ name: 'dev' }]);
    const rest = expectList(await service.live.get(`/v1/environments?cursor=${String(first.next_cursor)}`));
    expect(rest.data.map((one) => (one as unknown as { name: string }).name)).not.toContain('dev');
  });
});

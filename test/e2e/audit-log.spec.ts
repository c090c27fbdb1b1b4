import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let operator: ApiClient;
let operatorId: string;
beforeAll(async () => {
  service = await startTestService();
  const { key, id } = await makeKey(service.live, { name: 'olga', scopes: ['admin'] });
  operator = new ApiClient(service.url, key);
  operatorId = id;
});
afterAll(async () => {
  await operator.close();
  await service.stop();
});

interface Entry {
  readonly call: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly actor: unknown;
}

async function entriesOf(object: string): Promise<Entry[]> {
  const { body } = await service.live.get(`/v1/audit-log?object=${object}`);
  return (body as { data: Entry[] }).data;
}

describe('the audit log', () => {
  it('tells of an account who made it, who changed it, and what it was before', async () => {
    const account = await openAccount(operator);
    await operator.patch(`/v1/accounts/${account}`, { overdraft_limit: '50' });
    await service.live.post(`/v1/accounts/${account}/suspend`);
    const [suspended, changed, made] = await entriesOf(account);
    const olga = { key: operatorId, name: 'olga' };
    expect(made).toMatchObject({ call: 'POST /v1/accounts', actor: olga, before: null, after: { status: 'active' } });
    expect(changed).toMatchObject({
      call: 'PATCH /v1/accounts/{id}',
      actor: olga,
      before: { overdraft_limit: '0' },
      after: { overdraft_limit: '50' },
    });
    expect(suspended).toMatchObject({
      actor: { name: 'admin' },
      before: { status: 'active' },
      after: { status: 'suspended' },
    });
  });

  it('tells of a grant who gave it and who took it back', async () => {
    const account = await openAccount(operator);
    const { body: grant } = await operator.post(`/v1/accounts/${account}/grants`, {
      amount: '100',
      scope: { models: ['m-1'] },
      metadata: { invoice: '17' },
    });
    const { id } = grant as { id: string };
    await service.live.post('/v1/charges', { account, amount: '30', usage: { event: 'chat', model: 'm-1' } });
    await operator.post(`/v1/grants/${id}/void`);
    const [voided, given] = await entriesOf(id);
    expect(given).toMatchObject({ before: null, after: { amount: '100', remaining: '100', voided_at: null } });
    expect(given).toMatchObject({ after: { account, scope: { models: ['m-1'] }, metadata: { invoice: '17' } } });
    expect(voided).toMatchObject({ before: { remaining: '70', voided_at: null }, after: { remaining: '0' } });
  });

  it('has no entry for what changed nothing: a refusal, a repetition, a request answered again', async () => {
    const account = await openAccount(operator);
    const { id } = await grantCredits(operator, account, '100');
    await operator.post(`/v1/grants/${id}/void`, undefined, { key: 'once' });
    await operator.post(`/v1/grants/${id}/void`, undefined, { key: 'once' });
    await operator.post(`/v1/grants/${id}/void`);
    await operator.post('/v1/accounts', { id: account });
    await operator.post('/v1/accounts', { id: account, unit: 'USD' });
    await operator.post(`/v1/accounts/${account}/resume`);
    expect(await entriesOf(id)).toHaveLength(2);
    expect(await entriesOf(account)).toHaveLength(1);
  });

  it('tells of keys and never shows one', async () => {
    const made = await makeKey(operator, { scopes: ['read'] });
    await operator.post(`/v1/api-keys/${made.id}/roll`, { overlap: 60 });
    await operator.send({ method: 'DELETE', path: `/v1/api-keys/${made.id}` });
    const [revoked, expiring, first] = await entriesOf(made.id);
    expect(first).toMatchObject({ before: null, after: { scopes: ['read'], revoked_at: null } });
    expect(expiring).toMatchObject({ before: { expires_at: null }, after: { expires_at: expect.any(String) } });
    expect(revoked).toMatchObject({ before: { revoked_at: null }, after: { revoked_at: expect.any(String) } });
    expect(JSON.stringify([revoked, expiring, first])).not.toContain(made.key.slice(made.prefix.length + 1));
  });

  it('tells who moved the time of an environment, and who gave it another clock', async () => {
    await service.test.post('/v1/test-clock/advance', { seconds: 60 }, { key: 'once' });
    await service.test.post('/v1/test-clock/advance', { seconds: 60 }, { key: 'once' });
    await service.test.send({ method: 'DELETE', path: '/v1/test-clock' });
    await service.test.send({ method: 'DELETE', path: '/v1/test-clock' });
    const { body } = await service.test.get('/v1/audit-log?object=test_clock');
    expect((body as { data: Entry[] }).data).toMatchObject([
      { call: 'DELETE /v1/test-clock', before: { offset_seconds: 60 }, after: { offset_seconds: 0 } },
      { call: 'POST /v1/test-clock/advance', before: { offset_seconds: 0 }, after: { offset_seconds: 60 } },
    ]);
  });

  it('is each environment’s own, and paged', async () => {
    await openAccount(service.test);
    const own = (await service.test.get('/v1/audit-log')).body as { data: { id: string }[] };
    const lives = (await service.live.get('/v1/audit-log')).body as typeof own;
    const ids = new Set(lives.data.map(({ id }) => id));
    expect(own.data.filter(({ id }) => ids.has(id))).toEqual([]);
    expect(own.data.length).toBeGreaterThan(0);
    const first = (await service.live.get('/v1/audit-log?limit=1')).body as {
      data: { id: string }[];
      next_cursor: string;
    };
    const second = (await service.live.get(`/v1/audit-log?limit=1&cursor=${first.next_cursor}`)).body as typeof first;
    expect(second.data[0]?.id).not.toBe(first.data[0]?.id);
  });

  it('can be changed by nobody, the owner of the database included', async () => {
    for (const statement of ['update audit_log set object = object', 'delete from audit_log', 'truncate audit_log']) {
      await expect(service.pool.query(statement)).rejects.toMatchObject({ constraint: 'audit_log_is_append_only' });
    }
  });

  it('loses nothing but states where an account is erased, and only by the owner of the database', async () => {
    const client = await service.pool.connect();
    const erasing = async (statement: string, role = 'none'): Promise<void> => {
      try {
        await client.query(`begin; set local role ${role}; set local purser.erasing = 'on'`);
        await client.query(statement);
      } finally {
        await client.query('rollback');
      }
    };
    await erasing('update audit_log set before = null, after = null');
    for (const statement of [`update audit_log set actor_name = 'nobody', after = null`, 'delete from audit_log'])
      await expect(erasing(statement)).rejects.toMatchObject({ constraint: 'audit_log_is_append_only' });
    const asService = erasing('update audit_log set after = null', 'purser_app');
    await expect(asService).rejects.toThrow('permission denied');
    client.release();
  });
});

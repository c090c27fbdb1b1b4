import { readConfig } from '#config';
import { accountKey } from '#ledger';
import { migrateQueues } from '#queues';
import { verifyRollups } from '#reports';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorker, type RunningWorker } from '../../apps/worker/start-worker.ts';
import { eventually } from '../support/eventually.ts';
import { expectAccount, expectAuthorization, expectProblem } from '../support/expect-answer.ts';
import { grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let worker: RunningWorker;
beforeAll(async () => {
  service = await startTestService();
  await migrateQueues(service.pool);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  worker = await startWorker({ config: readConfig({}), databaseUrl: service.databaseUrl, log });
});
afterAll(async () => {
  await worker.close();
  await service.stop();
});

describe('erasing a closed account', () => {
  const secret = 'ann@example.com';

  /** An account whose every part carries the secret. */
  async function closedAccount(id: string): Promise<{ grant: string; charged: string }> {
    const metadata = { mail: secret };
    expectAccount(await service.live.post('/v1/accounts', { id, name: secret, metadata }, { key: `open ${id}` }), 201);
    const { id: grant } = await grantCredits(service.live, id, '10', { metadata, scope: { tags: { user: secret } } });
    const spend = { account: id, amount: '4', tags: { user: secret }, metadata };
    const { id: charged } = expectAuthorization(
      await service.live.post('/v1/charges', spend, { key: `charge ${id}` }),
      201,
    );
    expectAccount(await service.live.post(`/v1/accounts/${id}/close`, {}, { key: `close ${id}` }), 200);
    return { grant, charged };
  }

  it('puts together what was added up by values of tags, and leaves the sums as they were', async () => {
    await closedAccount('summed');
    const key = accountKey('live', 'summed');
    const sums = async (): Promise<object[]> => {
      const { rows } = await service.pool.query<object>(
        `select tag, value, sum(requests)::integer as requests, sum(paid)::integer as paid from tag_slots
        where account_id = $1 group by 1, 2 order by 1, 2`,
        [key],
      );
      return rows;
    };
    await eventually('it is added up', async () => (await sums()).length > 0);
    const [feature, team] = ['feature', 'team'].map((tag) => ({ tag, value: '(none)', requests: 1, paid: 4 }));
    expect(await sums()).toEqual([feature, team, { tag: 'user', value: secret, requests: 1, paid: 4 }]);
    expectAccount(await service.live.post('/v1/accounts/summed/erase'), 200);
    await eventually(
      'the account is erased',
      async () => expectAccount(await service.live.get('/v1/accounts/summed'), 200).erased_at !== null,
    );
    const erased = { value: '(erased)', requests: 1, paid: 4 };
    expect(await sums()).toEqual(['feature', 'team', 'user'].map((tag) => ({ tag, ...erased })));
    expect(await verifyRollups(service.pool, [key])).toMatchObject({ accounts: 1, differences: 0 });
  });

  it('takes name, metadata and tags from everything that shows them, and leaves ids, amounts and times', async () => {
    const { grant, charged } = await closedAccount('ann');
    const accepted = expectAccount(await service.live.post('/v1/accounts/ann/erase'), 200);
    expect(accepted).toMatchObject({ name: null, metadata: {}, status: 'closed' });
    await eventually(
      'the account is erased',
      async () => expectAccount(await service.live.get('/v1/accounts/ann'), 200).erased_at !== null,
    );
    const again = expectAccount(await service.live.post('/v1/accounts/ann/erase'), 200);
    expect(again).toMatchObject({ erasing: false, erased_at: expect.stringMatching(/Z$/) });

    const shown = await Promise.all(
      [
        '/v1/accounts/ann',
        '/v1/accounts/ann/grants',
        `/v1/grants/${grant}`,
        '/v1/accounts/ann/transfers',
        `/v1/authorizations/${charged}`,
        '/v1/authorizations?account=ann',
        '/v1/events?account=ann',
        '/v1/audit-log?object=ann',
        `/v1/audit-log?object=${grant}`,
      ].map((path) => service.live.get(path)),
    );
    expect(shown.map(({ status, text }) => [status, text.includes(secret)])).toEqual(shown.map(() => [200, false]));
    expect((await service.live.get(`/v1/authorizations/${charged}`)).body).toMatchObject({
      amount: '4',
      committed: '4',
      tags: {},
      metadata: {},
    });
  });

  it('takes them from remembered answers too; the requests are still answered again, and nothing happens twice', async () => {
    const { charged } = await closedAccount('ben');
    await service.live.post('/v1/accounts/ben/erase');
    await eventually(
      'the account is erased',
      async () => expectAccount(await service.live.get('/v1/accounts/ben'), 200).erased_at !== null,
    );
    const metadata = { mail: secret };
    const spend = { account: 'ben', amount: '4', tags: { user: secret }, metadata };
    const replays = [
      await service.live.post('/v1/accounts', { id: 'ben', name: secret, metadata }, { key: 'open ben' }),
      await service.live.post('/v1/charges', spend, { key: 'charge ben' }),
      await service.live.post('/v1/accounts/ben/close', {}, { key: 'close ben' }),
    ];
    expect(replays.map(({ status }) => status)).toEqual([201, 201, 200]);
    for (const { headers, text } of replays) {
      expect(headers['idempotency-replayed']).toBe('true');
      expect(text).not.toContain(secret);
    }
    expect(replays[1]?.body).toMatchObject({ id: charged, amount: '4' });
  });

  it('is 409 account_not_closed while it is in use', async () => {
    const id = await openAccount(service.live, { name: secret });
    expectProblem(await service.live.post(`/v1/accounts/${id}/erase`), 409, 'account_not_closed');
    expect(expectAccount(await service.live.get(`/v1/accounts/${id}`), 200).name).toBe(secret);
    expectProblem(await service.live.post('/v1/accounts/nobody/erase'), 404, 'account_not_found');
  });

  it('is audited, without what was erased', async () => {
    await closedAccount('carl');
    await service.live.post('/v1/accounts/carl/erase');
    const { text, body } = await service.live.get('/v1/audit-log?object=carl&limit=1');
    expect(body).toMatchObject({ data: [{ actor: {}, after: { erasure_requested_at: expect.stringMatching(/Z$/) } }] });
    expect(text).not.toContain(secret);
  });
});

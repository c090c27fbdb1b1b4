import { noteVerification, verify } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../test/support/eventually.ts';
import { authorize, charge, grantCredits, openAccount } from '../../../test/support/ledger-steps.ts';
import { administer, withDatabase } from '../../../test/support/test-database.ts';
import { startTestService, type TestService } from '../../../test/support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function scrape(): Promise<string> {
  return (await fetch(`${service.url}/metrics`)).text();
}

/** The value of one series, by the whole of its name and labels; null where it isn't there. */
async function valueOf(series: string): Promise<number | null> {
  const line = (await scrape()).split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

describe('GET /metrics', () => {
  it('needs no key, and tells of the process in the format of Prometheus', async () => {
    const answer = await fetch(`${service.url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('process_resident_memory_bytes');
  });

  it('looks at the database once for all who ask at once', async () => {
    const client = await service.pool.connect();
    await client.query('begin; lock table verifications in access exclusive mode');
    const scrapes = Array.from({ length: 50 }, scrape);
    const waiting = async (): Promise<number> => {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int from pg_locks where not granted and relation = 'verifications'::regclass`,
      );
      return rows[0]?.count ?? 0;
    };
    await eventually('they wait', async () => (await waiting()) > 0);
    await sleep(200);
    const looks = await waiting();
    await client.query('rollback');
    client.release();
    for (const answer of await Promise.all(scrapes)) expect(answer).toContain('purser_database_up 1');
    expect(looks).toBe(1);
  });

  it('counts requests by operation and problem, and how long they took', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    for (const amount of ['1', '1', '100', 'x']) await service.live.post('/v1/charges', { account, amount });
    await service.live.get('/v1/accounts/nobody');
    await service.live.get('/v1/accounts/somebody');
    await service.live.get(`/nowhere/${account}`);
    const post = 'method="POST",route="/v1/charges"';
    await eventually('the last is counted', async () =>
      Boolean(
        await valueOf('purser_http_requests_total{method="GET",route="unknown",status="404",problem="not_found"}'),
      ),
    );
    expect(await valueOf(`purser_http_requests_total{${post},status="201",problem=""}`)).toBe(2);
    expect(await valueOf(`purser_http_requests_total{${post},status="402",problem="insufficient_credits"}`)).toBe(1);
    expect(await valueOf(`purser_http_requests_total{${post},status="400",problem="invalid_request"}`)).toBe(1);
    const lost = 'method="GET",route="/v1/accounts/:id",status="404",problem="account_not_found"';
    expect(await valueOf(`purser_http_requests_total{${lost}}`)).toBe(2);
    expect(await valueOf(`purser_http_request_duration_seconds_count{${post}}`)).toBe(4);
    expect(await valueOf(`purser_http_request_duration_seconds_bucket{le="10",${post}}`)).toBe(4);
    expect(await scrape()).not.toContain(account);
  });

  it('counts decisions by kind and outcome, each item of a batch, and what was answered again', async () => {
    const account = await openAccount(service.test, { credits: '10' });
    const decided = (kind: string, outcome: string): Promise<number | null> =>
      valueOf(`purser_decisions_total{kind="${kind}",outcome="${outcome}"}`);
    const before = (await decided('authorize', 'accepted')) ?? 0;
    const items = ['1', '2', '100'].map((amount) => ({ account, amount }));
    await service.test.post('/v1/authorizations/batch', { mode: 'independent', items }, { key: 'batch' });
    await service.test.post('/v1/authorizations/batch', { mode: 'independent', items }, { key: 'batch' });
    await service.test.post('/v1/authorizations/batch', { items });
    expect((await decided('authorize', 'accepted')) ?? 0).toBe(before + 2);
    expect(await decided('authorize', 'replayed')).toBe(1);
    expect(await decided('authorize', 'insufficient_credits')).toBe(2);
    expect(await decided('authorize', 'batch_refused')).toBe(2);
  });

  it('counts what could not be collected, debt and late commits, by environment and unit', async () => {
    const terms = { unit: 'tokens', overage: 'debt', overdraft_limit: '5', credits: '10' };
    const account = await openAccount(service.live, terms);
    const commit = async (hold: string, amount: string): Promise<unknown> =>
      service.live.post(`/v1/authorizations/${hold}/commit`, { amount });
    const early = await authorize(service.live, account, '1', { expires_in: 1 });
    const { id } = await authorize(service.live, account, '9');
    await commit(id, '18.5');
    await commit(id, '18.5');
    await eventually('the hold has expired', async () => {
      const { body } = await service.live.get(`/v1/authorizations/${early.id}`);
      return (body as { status: string }).status === 'expired';
    });
    await commit(early.id, '0');
    await commit(early.id, '0');
    await grantCredits(service.live, account, '3');
    await service.live.post(`/v1/authorizations/${id}/refund`, { amount: '1' });
    await service.live.post(`/v1/accounts`, { id: `${account}-free`, unit: 'tokens' });
    await grantCredits(service.live, `${account}-free`, '2');
    await charge(service.live, `${account}-free`, '1');
    const counted = (name: string): Promise<number | null> => valueOf(`${name}{environment="live",unit="tokens"}`);
    expect(await counted('purser_uncollected_total')).toBe(4.5);
    expect(await counted('purser_debt_incurred_total')).toBe(5);
    expect(await counted('purser_debt_repaid_total')).toBe(4);
    expect(await counted('purser_late_commits_total')).toBe(1);
  });

  it('tells how batches were written, what waits and how much may', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const batches = async (): Promise<number> => (await valueOf('purser_batch_decisions_count{how="ahead"}')) ?? 0;
    const before = await batches();
    await Promise.all(Array.from({ length: 50 }, () => service.live.post('/v1/charges', { account, amount: '1' })));
    expect(await batches()).toBeGreaterThan(before);
    expect(await valueOf('purser_batch_duration_seconds_sum{how="ahead"}')).toBeGreaterThan(0);
    expect(await valueOf('purser_batch_decisions_sum{how="locked"}')).toBeGreaterThan(0);
    expect(await valueOf('purser_queue_decisions')).toBe(0);
    expect(await valueOf('purser_queue_decisions_max')).toBe(20_000);
    // Keys are looked up twice a second, so a connection may just be in use.
    for (const pool of ['ledger', 'reads'])
      await eventually(
        `no connection of ${pool} is in use`,
        async () => (await valueOf(`purser_database_connections{pool="${pool}"}`)) === 0,
      );
    expect(await valueOf('purser_database_connections_max{pool="reads"}')).toBe(8);
    expect(await valueOf('purser_database_connections_max{pool="ledger"}')).toBe(3);
  });

  it('tells about how many holds are open', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    for (let hold = 0; hold < 5; hold++) await authorize(service.live, account, '1');
    await eventually('they are counted', async () => {
      // A session tells of what it has done with its next statement, at most once a second.
      await service.live.post('/v1/charges', { account, amount: '0.1' });
      return ((await valueOf('purser_open_holds')) ?? 0) >= 5;
    });
  });

  it('tells what the last check of the books found, and of books that were never checked nothing', async () => {
    expect(await scrape()).not.toMatch(/^purser_verify_/m);
    const clean = await verify(service.pool);
    await noteVerification(service.pool, clean);
    expect(await valueOf('purser_verify_differences')).toBe(0);
    expect(await valueOf('purser_verify_timestamp_seconds')).toBeCloseTo(Date.parse(clean.as_of) / 1000, 3);
    await noteVerification(service.pool, { ...clean, as_of: new Date().toISOString(), differences: 3 });
    expect(await valueOf('purser_verify_differences')).toBe(3);
  });

  it('raises the alarm while a default partition has a row, and only then', async () => {
    const alarm = async () => (await scrape()).match(/^purser_default_\S+ 1$/gm);
    expect(await alarm()).toBeNull();
    await service.pool.query(
      `insert into idempotency_keys (account_id, key, fingerprint, status, body, created_at)
        values (1, gen_random_uuid(), gen_random_uuid(), 200, '', '2001-01-01')`,
    );
    expect(await alarm()).toEqual(['purser_default_partition_filled{table="idempotency_keys"} 1']);
  });

  it('answers while the database is away, and says that it is', async () => {
    const server = withDatabase(service.databaseUrl, 'postgres');
    const name = new URL(service.databaseUrl).pathname.slice(1);
    expect(await valueOf('purser_database_up')).toBe(1);
    await administer(server, `alter database ${name} allow_connections false`);
    try {
      await administer(
        server,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and usename = current_user`,
      );
      expect(await valueOf('purser_database_up')).toBe(0);
      expect(await valueOf('purser_open_holds')).toBeNull();
      expect(await valueOf('purser_verify_differences')).toBeNull();
      expect(await valueOf('purser_queue_decisions')).toBe(0);
    } finally {
      await administer(server, `alter database ${name} allow_connections true`);
    }
    expect(await valueOf('purser_database_up')).toBe(1);
  });
});

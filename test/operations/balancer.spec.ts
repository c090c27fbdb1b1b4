import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PurserRun } from '../cli/purser-run.ts';
import { ApiClient, type SendOptions } from '../support/api-client.ts';
import { expectAuthorization } from '../support/expect-answer.ts';
import { eventually } from '../support/eventually.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { hasBalancer, startBalancer, type Balancer } from './balancer.ts';

const KEY = 'the-admin-key-behind-a-balancer';
const TEST_MS_MAX = 120_000;

if (!hasBalancer) process.stderr.write('There is no haproxy: the balancer of docker-compose.yml is not tried.\n');

/** One process of the API. */
interface Api {
  readonly run: PurserRun;
  readonly url: string;
}

/** How many requests each process has answered. */
function answeredBy(apis: readonly Api[]): Promise<number[]> {
  return Promise.all(
    apis.map(async ({ url }) => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const counts = metrics.matchAll(/^purser_http_requests_total\{[^}]*route="\/v1\/[^}]*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    }),
  );
}

(hasBalancer ? describe : () => undefined)('the balancer of the compose file', () => {
  let database: TestDatabase;
  let apis: Api[];
  let balancer: Balancer;
  let client: ApiClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PURSER_ADMIN_KEY: KEY, PORT: '0' };
    await (
      await PurserRun.start(['migrate'], environment)
    ).ended;
    const start = async (): Promise<Api> => {
      const run = await PurserRun.start(['api'], environment);
      const [, url = ''] = await run.writes(/^ready on (\S+)\n/m);
      return { run, url };
    };
    apis = [await start(), await start()];
    balancer = await startBalancer(apis.map(({ url }) => url));
    client = new ApiClient(balancer.url, KEY);
  }, TEST_MS_MAX);
  afterAll(async () => {
    await client.close();
    await balancer.stop();
    await Promise.all(apis.map(({ run }) => run.end('SIGKILL')));
    await database.drop();
  }, TEST_MS_MAX);

  /** The processes that answered something while this was done. */
  async function answering(work: () => Promise<void>): Promise<number[]> {
    const before = await answeredBy(apis);
    await work();
    const after = await answeredBy(apis);
    return after.flatMap((count, index) => (count > (before[index] ?? 0) ? [index] : []));
  }

  async function authorizeAndCommit(account: string, options: SendOptions): Promise<void> {
    const held = await client.post('/v1/authorizations', { account, amount: '1' }, options);
    const { id } = expectAuthorization(held, 201);
    expectAuthorization(await client.post(`/v1/authorizations/${id}/commit`, {}, options), 200);
  }

  it(
    'sends all requests about an account to one process, whichever they are, if they name it in a header',
    async () => {
      const used = new Set<number>();
      for (let count = 0; count < 16; count += 1) {
        const account = await openAccount(client, { credits: '10' });
        const processes = await answering(() =>
          authorizeAndCommit(account, { headers: { 'purser-account': account } }),
        );
        expect(processes).toHaveLength(1);
        used.add(processes[0] ?? -1);
      }
      expect(used.size).toBe(2);
    },
    TEST_MS_MAX,
  );

  it(
    'finds the account in the body or in the path where there is no such header',
    async () => {
      for (let count = 0; count < 8; count += 1) {
        const account = await openAccount(client, { credits: '10' });
        const processes = await answering(async () => {
          expect((await client.post('/v1/charges', { account, amount: '1' })).status).toBe(201);
          expect((await client.get(`/v1/accounts/${account}`)).status).toBe(200);
        });
        expect(processes).toHaveLength(1);
      }
    },
    TEST_MS_MAX,
  );

  it(
    'sends what is about one authorization or grant to one process, by its id',
    async () => {
      const account = await openAccount(client, { credits: '10' });
      const { id } = expectAuthorization(await client.post('/v1/authorizations', { account, amount: '1' }), 201);
      const processes = await answering(async () => {
        expectAuthorization(await client.post(`/v1/authorizations/${id}/extend`, { expires_in: 600 }), 200);
        expectAuthorization(await client.post(`/v1/authorizations/${id}/commit`, {}), 200);
      });
      expect(processes).toHaveLength(1);
    },
    TEST_MS_MAX,
  );

  it('passes on neither health nor metrics, which need no key', async () => {
    for (const path of ['/metrics', '/health/ready', '/health/live', '/%6detrics'])
      expect((await fetch(`${balancer.url}${path}`)).status).toBe(404);
  });

  it(
    'goes on with the other process, and loses no answer, when one is killed',
    async () => {
      const account = await openAccount(client, { credits: '100000' });
      const [home = 0] = await answering(async () => {
        await client.get(`/v1/accounts/${account}`);
      });
      const statuses: number[] = [];
      let isOver = false;
      const charging = Array.from({ length: 4 }, async (_, worker) => {
        for (let count = 0; !isOver; count += 1) {
          const key = `charge-${String(worker)}-${String(count)}`;
          statuses.push((await client.post('/v1/charges', { account, amount: '1' }, { key })).status);
        }
      });
      await eventually('charges are under way', () => Promise.resolve(statuses.length > 20));
      await apis[home]?.run.end('SIGKILL');
      const untilThen = statuses.length;
      await eventually('charges go on', () => Promise.resolve(statuses.length > untilThen + 50));
      isOver = true;
      await Promise.all(charging);
      expect(new Set(statuses)).toEqual(new Set([201]));
      const { body } = await client.get(`/v1/accounts/${account}`);
      expect(body).toMatchObject({ balance: { posted: String(100_000 - statuses.length) } });
    },
    TEST_MS_MAX,
  );
});

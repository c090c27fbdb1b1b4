import { bootstrapKeys } from '#access';
import { connect, type Pool } from '#database';
import { verify } from '#ledger-store';
import { randomBytes } from 'node:crypto';
import { startApi, type RunningApi } from '../../apps/api/start-api.ts';
import { ApiClient } from './api-client.ts';
import { createTestDatabase } from './test-database.ts';

export const LIVE_KEY = 'pur_live_the-key-of-the-live-environment';
/** What signing secrets are encrypted with. */
export const SECRETS_KEY = randomBytes(32);
export const TEST_KEY = 'pur_test_the-key-of-the-test-environment';

/** One process of the API, as its clients see it. */
export interface TestInstance {
  readonly url: string;
  /** Acts in the environment `live`. */
  readonly live: ApiClient;
  /** Acts in the environment `test`. */
  readonly test: ApiClient;
}

export interface TestService extends TestInstance {
  readonly databaseUrl: string;
  /** The database as its owner sees it. */
  readonly pool: Pool;
  /** Every line the API logged, of all instances. */
  readonly log: readonly string[];
  /** Starts one more instance on the same database; it is stopped with the service. */
  startAnother(): Promise<TestInstance>;
  /**
   * Stops everything and drops the database.
   * @throws Error when the books that the tests have left are not in order
   */
  stop(): Promise<void>;
}

/** Starts the API on a database of its own and on a free port. Call it in `beforeAll`, and `stop` in `afterAll`. */
export async function startTestService(): Promise<TestService> {
  const database = await createTestDatabase();
  const log: string[] = [];
  const closing: (() => Promise<void>)[] = [];
  const pool = connect(database.url, { log: (line) => log.push(line) });
  await bootstrapKeys(pool, { live: LIVE_KEY, test: TEST_KEY });

  const startAnother = async (): Promise<TestInstance> => {
    const api: RunningApi = await startApi({
      config: { host: '127.0.0.1', port: 0, webhooks: { secretsKeys: [SECRETS_KEY], allowLoopback: true } },
      databaseUrl: database.url,
      log: (line) => log.push(line),
    });
    const live = new ApiClient(api.url, LIVE_KEY);
    const test = new ApiClient(api.url, TEST_KEY);
    closing.push(async () => {
      await Promise.all([live.close(), test.close()]);
      await api.close();
    });
    return { url: api.url, live, test };
  };

  return {
    ...(await startAnother()),
    databaseUrl: database.url,
    pool,
    log,
    startAnother,
    stop: async () => {
      try {
        await Promise.all(closing.map((close) => close()));
        await expectBooksInOrder(pool);
      } finally {
        await pool.end();
        await database.drop();
      }
    },
  };
}

async function expectBooksInOrder(pool: Pool): Promise<void> {
  const { clean, checks } = await verify(pool);
  if (clean) return;
  const broken = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
  throw new Error(`The books are not in order: ${JSON.stringify(broken, null, 2)}`);
}

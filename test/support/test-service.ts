import { bootstrapKeys } from '#access';
import { readConfig } from '#config';
import { connect, type Pool } from '#database';
import { openLedger, verify } from '#ledger-store';
import { makeLogger } from '#logging';
import { randomBytes } from 'node:crypto';
import { startApi, type RunningApi } from '../../apps/api/start-api.ts';
import { followCommitSubscriptions } from '#webhook-store';
import { ApiClient } from './api-client.ts';
import type { StillClock } from './still-clock.ts';
import { createTestDatabase } from './test-database.ts';

export const LIVE_KEY = 'pur_live_the-key-of-the-live-environment';
/** What signing secrets are encrypted with. */
export const SECRETS_KEY = randomBytes(32);
export const TEST_KEY = 'pur_test_the-key-of-the-test-environment';

/** The hosts that endpoints may be on: one on the public internet and one that isn't. Specs ask no name servers. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'acme.example': ['203.0.114.1'],
  'example.com': ['203.0.114.2'],
  'intranet.example': ['10.0.0.1'],
};

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

/**
 * Starts the API on a database of its own and on a free port. Call it in `beforeAll`, and `stop` in `afterAll`.
 *
 * @param environment what the operator has set
 * @param stopClock stops the clock of the database, where time is to pass only as the spec says
 */
export async function startTestService(
  environment: Readonly<Record<string, string>> = {},
  stopClock?: (databaseUrl: string) => Promise<StillClock>,
): Promise<TestService> {
  const secrets = { PURSER_SECRETS_KEY: SECRETS_KEY.toString('base64'), PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true' };
  const config = readConfig({ PORT: '0', ...secrets, ...environment });
  const database = await createTestDatabase();
  const clock = await stopClock?.(database.url);
  const log: string[] = [];
  const logger = makeLogger({ level: config.logLevel, secrets: [], stream: { write: (line) => void log.push(line) } });
  const closing: (() => Promise<void>)[] = [];
  const pool = connect(database.url, { log: (line) => log.push(line) });
  await bootstrapKeys(pool, { live: LIVE_KEY, test: TEST_KEY });

  const startAnother = async (): Promise<TestInstance> => {
    const ledger =
      clock &&
      (await openLedger({
        databaseUrl: database.url,
        openHoldsMax: config.openHoldsMax,
        followSubscriptions: followCommitSubscriptions,
        passed: clock.passed,
        log: (line) => void log.push(line),
      }));
    const api: RunningApi = await startApi({
      config,
      databaseUrl: database.url,
      ...(ledger && { ledger }),
      resolveHost: (host) => Promise.resolve(ADDRESSES[host] ?? []),
      logger,
    });
    const live = new ApiClient(api.url, LIVE_KEY);
    const test = new ApiClient(api.url, TEST_KEY);
    closing.push(async () => {
      await Promise.all([live.close(), test.close()]);
      await api.close();
      await ledger?.[Symbol.asyncDispose]();
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

import { connect, type Pool } from '#database';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { TestProvider } from './test-provider/test-provider.ts';
import {
  itGivesBackOnce,
  itListsItsPayments,
  itTakesMoneyOnce,
  itTellsWhatCameOfIt,
  type ProviderUnderTest,
} from './testing/provider-conformance.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 8, log: () => undefined, settings: { role: 'purser_app' } });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function testUnderTest(): ProviderUnderTest {
  return {
    provider: new TestProvider(pool, { log: () => undefined }),
    async charges(purchase) {
      const { rows } = await pool.query<{ charges: number }>('select charges from test_payments where purchase = $1', [
        purchase,
      ]);
      return rows[0]?.charges ?? 0;
    },
    methods: { ok: 'pm_ok', declined: 'pm_declined', requiresAction: 'pm_requires_action' },
    loseAnswer: () => 'pm_lost_response',
  };
}

describe.each([['test', testUnderTest]])('the provider %s', (_, underTest) => {
  itTakesMoneyOnce(underTest);
  itTellsWhatCameOfIt(underTest);
  itGivesBackOnce(underTest);
  itListsItsPayments(underTest);
});

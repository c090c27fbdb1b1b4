import { connect, type Pool } from '#database';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { StripeServer } from '../../test/support/stripe-server/stripe-server.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { ManualProvider } from './manual-provider.ts';
import { StripeProvider } from './stripe/stripe-provider.ts';
import { TestProvider } from './test-provider/test-provider.ts';
import {
  itGivesBackOnce,
  itListsItsPayments,
  itTakesMoneyOnce,
  itTakesNoMoney,
  itTellsWhatCameOfIt,
  type ProviderUnderTest,
} from './testing/provider-conformance.ts';

let database: TestDatabase;
let stripe: StripeServer;
let pool: Pool;

beforeAll(async () => {
  stripe = await StripeServer.start();
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 8, log: () => undefined, settings: { role: 'purser_app' } });
});
afterAll(async () => {
  await stripe.stop();
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

function stripeUnderTest(): ProviderUnderTest {
  return {
    provider: new StripeProvider({
      secretKey: stripe.keys.test,
      webhookSecrets: [],
      isLive: false,
      url: stripe.url,
      returnUrl: 'https://seller.example/credits',
    }),
    charges: (purchase) => Promise.resolve(stripe.charges(purchase)),
    methods: {
      ok: 'pm_card_visa',
      declined: 'pm_card_chargeDeclinedInsufficientFunds',
      requiresAction: 'pm_card_authenticationRequired',
    },
    loseAnswer() {
      // The SDK tries once more by itself.
      stripe.fail({ does: 'drop', when: 'after', times: 2 });
      return 'pm_card_visa';
    },
  };
}

describe.each([
  ['test', testUnderTest],
  ['stripe', stripeUnderTest],
])('the provider %s', (_, underTest) => {
  itTakesMoneyOnce(underTest);
  itTellsWhatCameOfIt(underTest);
  itGivesBackOnce(underTest);
  itListsItsPayments(underTest);
});

describe('the provider manual', () => {
  itTakesNoMoney(() => new ManualProvider());
});

import { Amount } from '#amounts';
import { accountKey, publicId } from '#ledger';
import { Engine } from '#ledger-store';
import { migrateQueues } from '#queues';
import { PurserRun } from '../../cli/purser-run.ts';
import { eventually } from '../../support/eventually.ts';
import { openAccount } from '../../support/ledger-steps.ts';
import type { TestQueuePlace } from '../../support/queue-places.ts';
import { StripeServer } from '../../support/stripe-server/stripe-server.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../../support/test-service.ts';
import { HeldProvider } from './held-provider.ts';

const WEBHOOK_SECRET = 'whsec_the-secret-of-the-endpoint';

/** What is left of a purchase when everything is over. */
export interface PurchaseEnd {
  readonly status: string;
  /** How often money was taken, as the provider counts. */
  readonly charges: number;
  readonly grants: number;
  readonly events: number;
  /** Attempts that go on. */
  readonly attempts: number;
}

/** Exactly once of everything. */
export const ONCE: PurchaseEnd = { status: 'succeeded', charges: 1, grants: 1, events: 1, attempts: 0 };

/** A service, a worker in a process of its own, and Stripe, whose calls can be held. */
export class PaymentScene {
  #worker: PurserRun | null = null;

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    readonly service: TestService,
    readonly stripe: StripeServer,
    readonly provider: HeldProvider,
    private readonly engine: Engine,
  ) {}

  static async prepare(cleanUp: AsyncDisposableStack, makePlace: () => Promise<TestQueuePlace>): Promise<PaymentScene> {
    const { place } = cleanUp.adopt(await makePlace(), (one) => one.remove());
    const stripe = cleanUp.adopt(await StripeServer.start(), (one) => one.stop());
    const provider = cleanUp.adopt(await HeldProvider.start(stripe.url), (one) => one.stop());
    const keys = { STRIPE_TEST_SECRET_KEY: stripe.keys.test, STRIPE_TEST_WEBHOOK_SECRET: WEBHOOK_SECRET };
    const service = cleanUp.adopt(await startTestService({ ...keys, PURSER_STRIPE_API: stripe.url }), (one) =>
      one.stop(),
    );
    const engine = cleanUp.adopt(new Engine({ databaseUrl: service.databaseUrl, log: () => undefined }), (one) =>
      one.stop(),
    );
    if (!('redisUrl' in place)) await migrateQueues(service.pool);
    const environment = {
      ...keys,
      PURSER_STRIPE_API: provider.url,
      PURSER_SECRETS_KEY: SECRETS_KEY.toString('base64'),
      DATABASE_URL: service.databaseUrl,
      ...('redisUrl' in place ? { REDIS_URL: place.redisUrl } : {}),
    };
    const scene = new PaymentScene(environment, service, stripe, provider, engine);
    cleanUp.defer(() => scene.killWorker());
    return scene;
  }

  async startWorker(): Promise<void> {
    this.#worker = await PurserRun.start(['worker'], this.environment);
    await this.#worker.writes(/^working$/m);
  }

  /** Ends it as a crash would. */
  async killWorker(): Promise<void> {
    await this.#worker?.end('SIGKILL');
    this.#worker = null;
  }

  /** Begins a purchase of 100 credits for 10 USD. @returns its UUID */
  async begin(): Promise<string> {
    const id = await openAccount(this.service.test);
    let purchase = '';
    await this.engine.submit<'begin_purchase'>({
      command: {
        type: 'begin_purchase',
        account: { environment: 'test', id, key: accountKey('test', id) },
        credits: new Amount(100),
        bonusCredits: new Amount(0),
        price: new Amount(10),
        currency: 'USD',
        provider: 'stripe',
        paymentMethod: 'pm_card_visa',
        customer: 'cus_acme',
        package: null,
        expiresAfterMs: null,
        priority: 100,
        metadata: {},
      },
      key: null,
      render: (outcome) => {
        if (outcome.ok) purchase = outcome.value.purchase.id;
        return { status: 200, body: '' };
      },
    });
    return purchase;
  }

  /** Has Stripe report what has happened, as it does at once where a webhook is set up. @returns the answers' statuses */
  async report(): Promise<number[]> {
    const target = { url: `${this.service.url}/v1/providers/stripe/webhook`, secret: WEBHOOK_SECRET };
    return Promise.all(this.stripe.events.map((event) => this.stripe.send(event, target)));
  }

  async endOf(purchase: string): Promise<PurchaseEnd> {
    const { rows } = await this.service.pool.query<Omit<PurchaseEnd, 'charges'>>(
      `select status, (select count(*)::int from grants where purchase_id = p.id) as grants,
        (select count(*)::int from events e where e.account_id = p.account_id and type = 'topup.succeeded') as events,
        (select count(*)::int from payment_attempts a where a.purchase_id = p.id) as attempts
      from purchases p where id = $1`,
      [purchase],
    );
    const [row] = rows;
    if (!row) throw new Error(`there is no purchase ${purchase}`);
    return { ...row, charges: this.stripe.charges(publicId('purchase', purchase)) };
  }

  /** Waits until its payment has succeeded and nobody works on it any more. */
  async settled(purchase: string): Promise<PurchaseEnd> {
    await eventually('the payment is settled', async () => {
      const { status, attempts } = await this.endOf(purchase);
      return status === 'succeeded' && attempts === 0;
    });
    return this.endOf(purchase);
  }
}

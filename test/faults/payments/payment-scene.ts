import { Amount } from '#amounts';
import {
  accountKey,
  accountKeyOf,
  DEFAULT_TERMS,
  publicId,
  type Command,
  type CommandType,
  type Decisions,
} from '#ledger';
import { Engine } from '#ledger-store';
import { stripeModes } from '#payments';
import { migrateQueues } from '#queues';
import { randomUUID } from 'node:crypto';
import { PurserRun } from '../../cli/purser-run.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestQueuePlace } from '../../support/queue-places.ts';
import { StripeServer } from '../../support/stripe-server/stripe-server.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../../support/test-service.ts';
import { HeldProvider } from './held-provider.ts';

const WEBHOOK_SECRET = 'whsec_the-secret-of-the-endpoint';
const PRICE = { amount: new Amount(10), currency: 'USD' };

/** What a worker is to ask the provider for. */
export interface Work {
  /** The purchase's UUID. */
  readonly purchase: string;
  /** The refund's UUID, or the purchase's own. */
  readonly id: string;
  /** The provider's idempotency key. */
  readonly key: string;
}

/** What is left of a purchase when everything is over. */
export interface PurchaseEnd {
  readonly status: string;
  /** How often money was taken, as the provider counts. */
  readonly charges: number;
  /** How often it was given back, and how much in all, in cents. */
  readonly refunds: number;
  readonly refunded: number;
  readonly grants: number;
  /** The account's balance. */
  readonly posted: string;
  readonly events: readonly string[];
  /** Attempts that go on. */
  readonly attempts: number;
}

/** A row that nobody else can lock. */
export interface RowLock {
  /** Whether somebody waits for it. */
  isAwaited(): Promise<boolean>;
  release(): Promise<void>;
}

/** A service, a worker in a process of its own, and Stripe, whose calls can be held. */
export class PaymentScene {
  #worker: PurserRun | null = null;
  readonly #locks = new Set<RowLock>();

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
    cleanUp.defer(() => scene.#stop());
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

  /** @param row the table, and the condition by which the row is found */
  async lockRow(row: string, values: readonly string[]): Promise<RowLock> {
    const { pool } = this.service;
    const client = await pool.connect();
    await client.query('begin');
    const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    await client.query(`select from ${row} for update`, [...values]);
    const awaited = 'select exists (select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))) as awaited';
    const lock = {
      isAwaited: async () => (await pool.query<{ awaited: boolean }>(awaited, [pid])).rows[0]?.awaited === true,
      release: async () => {
        if (!this.#locks.delete(lock)) return;
        await client.query('rollback');
        client.release();
      },
    };
    this.#locks.add(lock);
    return lock;
  }

  /** Begins a purchase of 100 credits for 10 USD, whose payment is to be collected. */
  async begin(): Promise<Work & { readonly account: string }> {
    const id = randomUUID();
    const account = { environment: 'test', id, key: accountKey('test', id) };
    await this.#decide<'create_account'>({ type: 'create_account', account, unit: 'credits', terms: DEFAULT_TERMS });
    const { purchase } = await this.#decide<'begin_purchase'>({
      type: 'begin_purchase',
      account,
      credits: new Amount(100),
      bonusCredits: new Amount(0),
      price: PRICE.amount,
      currency: PRICE.currency,
      provider: 'stripe',
      paymentMethod: 'pm_card_visa',
      customer: 'cus_acme',
      package: null,
      expiresAfterMs: null,
      priority: 100,
      metadata: {},
    });
    return { account: id, purchase: purchase.id, id: purchase.id, key: publicId('purchase', purchase.id) };
  }

  /** Asks for a refund of 40 credits of a purchase that is paid, whose money is to be given back. */
  async beginRefund(): Promise<Work> {
    const { account, purchase } = await this.begin();
    await this.#collect({ account, purchase });
    const { refund } = await this.#decide<'refund_purchase'>({
      type: 'refund_purchase',
      purchase: { environment: 'test', id: purchase },
      origin: 'asked',
      credits: new Amount(40),
      minorUnit: new Amount('0.01'),
    });
    if (refund === null) throw new Error('Nothing was refunded');
    return { purchase, id: refund, key: refund };
  }

  /** Has Stripe report what has happened to a purchase, as it does at once where a webhook is set up. */
  async report({ purchase }: Work): Promise<void> {
    const target = { url: `${this.service.url}/v1/providers/stripe/webhook`, secret: WEBHOOK_SECRET };
    const events = this.stripe.events.filter(({ body }) => body.includes(publicId('purchase', purchase)));
    const statuses = await Promise.all(events.map((event) => this.stripe.send(event, target)));
    if (statuses.length === 0) throw new Error('Stripe has nothing to report');
    for (const status of statuses) if (status !== 200) throw new Error(`The webhook has answered ${String(status)}`);
  }

  /** Whether the ledger knows that the provider has done it. */
  async isRecorded({ purchase, id }: Work): Promise<boolean> {
    const { rows } = await this.service.pool.query<{ recorded: boolean }>(
      `select case when id = $2 then status = 'succeeded'
        else refunds @> jsonb_build_array(jsonb_build_object('id', $2::text, 'status', 'succeeded')) end as recorded
      from purchases where id = $1`,
      [purchase, id],
    );
    return rows[0]?.recorded === true;
  }

  /** How many of these payments have succeeded, as the ledger knows. */
  async recorded(works: readonly Work[]): Promise<number> {
    const { rows } = await this.service.pool.query<{ count: number }>(
      `select count(*)::int as count from purchases where id = any($1) and status = 'succeeded'`,
      [works.map(({ purchase }) => purchase)],
    );
    return rows[0]?.count ?? 0;
  }

  /** Waits until it is recorded and nobody works on it any more. */
  async settled(work: Work): Promise<PurchaseEnd> {
    await eventually('it is settled', async () => (await this.isRecorded(work)) && (await this.#attempts(work)) === 0);
    return this.endOf(work);
  }

  async endOf(work: Work): Promise<PurchaseEnd> {
    const { purchase } = work;
    const { rows } = await this.service.pool.query<Pick<PurchaseEnd, 'status' | 'grants' | 'posted' | 'events'>>(
      `select p.status, (select count(*)::int from grants g where g.purchase_id = p.id) as grants,
        (select trim_scale(sum(remaining))::text from grants g where g.account_id = p.account_id) as posted,
        array(select type || coalesce(' ' || (data ->> 'status'), '') from events e
          where e.account_id = p.account_id and type ~ '^(topup|payment)' order by e.id) as events
      from purchases p where account_id = $1 and id = $2`,
      [accountKeyOf(purchase), purchase],
    );
    const [row] = rows;
    if (!row) throw new Error(`there is no purchase ${purchase}`);
    const publicPurchase = publicId('purchase', purchase);
    const refunds = this.stripe.books.test.refunds.filter(({ metadata }) => metadata['purchase'] === publicPurchase);
    return {
      ...row,
      charges: this.stripe.charges(publicPurchase),
      refunds: refunds.length,
      refunded: refunds.reduce((sum, { amount }) => sum + amount, 0),
      attempts: await this.#attempts(work),
    };
  }

  async #stop(): Promise<void> {
    for (const lock of this.#locks) await lock.release();
    await this.killWorker();
  }

  async #attempts({ purchase }: Work): Promise<number> {
    const { rows } = await this.service.pool.query<{ count: number }>(
      'select count(*)::int as count from payment_attempts where account_id = $1 and purchase_id = $2',
      [accountKeyOf(purchase), purchase],
    );
    return rows[0]?.count ?? 0;
  }

  /** Collects a payment and records it, as a worker does that nothing happens to. */
  async #collect({ account, purchase }: { readonly account: string; readonly purchase: string }): Promise<void> {
    const keys = { secretKey: this.stripe.keys.test, webhookSecrets: [] };
    const { test } = stripeModes({ live: null, test: keys, returnUrl: null, url: this.stripe.url });
    const result = await test?.collect({
      purchase: publicId('purchase', purchase),
      account,
      environment: 'test',
      price: PRICE,
      paymentMethod: 'pm_card_visa',
      customer: 'cus_acme',
      description: '100 credits',
      begunAt: new Date(),
    });
    if (!result) throw new Error('There is no Stripe in test mode');
    await this.#decide<'record_payment'>({
      type: 'record_payment',
      purchase: { environment: 'test', id: purchase },
      result,
    });
  }

  async #decide<T extends CommandType>(command: Command<T>): Promise<Decisions[T]> {
    const last: { decided: Decisions[T] | null } = { decided: null };
    await this.engine.submit<T>({
      command,
      key: null,
      render: (outcome) => {
        last.decided = outcome.ok ? outcome.value : null;
        return { status: 200, body: '{}' };
      },
    });
    const { decided } = last;
    if (decided === null) throw new Error(`${command.type} was refused`);
    return decided;
  }
}

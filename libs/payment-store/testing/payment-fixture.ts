import { Amount } from '#amounts';
import { connect, type Pool } from '#database';
import {
  accountKey,
  DEFAULT_TERMS,
  publicId,
  type AccountRef,
  type Command,
  type CommandType,
  type Decisions,
} from '#ledger';
import { Engine, verify } from '#ledger-store';
import { PaymentProviders, TestProvider } from '#payments';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { collectPayment } from '../collect/collect-payment.ts';
import { receiveTestEvents } from '../events/receive-test-events.ts';
import type { PaymentWork } from '../payment-work.ts';
import { refundPayment } from '../refund/refund-payment.ts';
import { duePayments, dueRefunds } from '../waking/due-payments.ts';

const CONNECTIONS_MAX = 16;
const ENVIRONMENT = 'test';

/** What is in the books about a purchase, and at its provider. */
export interface PurchaseState {
  readonly status: string;
  readonly grants: number;
  readonly requests: number;
  readonly charges: number;
  /** Attempts that go on. */
  readonly attempts: number;
}

/** A ledger that sells credits, and the test provider. */
export class PaymentFixture {
  readonly log: string[] = [];
  readonly provider: TestProvider;
  readonly work: PaymentWork;

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
    private readonly engine: Engine,
  ) {
    const log = (line: string): void => void this.log.push(line);
    this.provider = new TestProvider(pool, { slowMs: 100, log });
    const providers = new PaymentProviders({ live: null, test: null }, this.provider);
    this.work = { pool, engine, providers, delaysMs: [0], log };
    receiveTestEvents(this.work);
  }

  static async open(): Promise<PaymentFixture> {
    const database = await createTestDatabase();
    const settings = { role: 'purser_app' };
    const pool = connect(database.url, { connectionsMax: CONNECTIONS_MAX, settings, log: () => undefined });
    return new PaymentFixture(database, pool, new Engine({ databaseUrl: database.url, log: () => undefined }));
  }

  /** @throws Error where the books aren't in order */
  async close(): Promise<void> {
    const { clean, checks } = await verify(this.pool);
    await this.engine.stop();
    await this.pool.end();
    await this.database.drop();
    if (!clean) throw new Error(JSON.stringify(checks.filter(({ differences }) => differences > 0)));
  }

  /** Begins a purchase of 100 credits for 10 USD by a new account. @returns the purchase's UUID */
  async begin(account: string, paymentMethod: string): Promise<string> {
    const unit = { unit: 'credits', terms: DEFAULT_TERMS };
    await this.do({ type: 'create_account', account: ref(account), ...unit });
    return this.beginAgain(account, paymentMethod);
  }

  async beginAgain(account: string, paymentMethod: string, provider: 'test' | 'manual' = 'test'): Promise<string> {
    const { purchase } = await this.do({
      type: 'begin_purchase',
      account: ref(account),
      credits: new Amount(100),
      bonusCredits: new Amount(0),
      price: new Amount(10),
      currency: 'USD',
      provider,
      paymentMethod,
      customer: null,
      package: null,
      expiresAfterMs: null,
      priority: 100,
      metadata: {},
    });
    return purchase.id;
  }

  /** Submits a command that must be accepted. */
  async do<T extends CommandType>(command: Command<T>): Promise<Decisions[T]> {
    const last: { decided: Decisions[T] | null } = { decided: null };
    await this.engine.submit<T>({
      command,
      key: null,
      render: (outcome) => {
        if (!outcome.ok) throw new Error(`${command.type} was refused: ${outcome.refusal.code}`);
        last.decided = outcome.value;
        return { status: 200, body: '' };
      },
    });
    const { decided } = last;
    if (decided === null) throw new Error(`${command.type} wasn't decided`);
    return decided;
  }

  /** Does what workers do until nothing is due. */
  async collectAll(): Promise<void> {
    for (;;) {
      const [payments, refunds] = [await duePayments(this.pool, 100), await dueRefunds(this.pool, 100)];
      if (payments.length + refunds.length === 0) return;
      await Promise.all(payments.map(({ purchase }) => collectPayment(this.work, purchase)));
      await Promise.all(refunds.map((refund) => refundPayment(this.work, refund)));
    }
  }

  async stateOf(purchase: string): Promise<PurchaseState> {
    const { rows } = await this.pool.query<PurchaseState>(
      `select p.status, (select count(*)::int from grants g where g.purchase_id = p.id) as grants,
        coalesce(t.requests, 0) as requests, coalesce(t.charges, 0) as charges,
        (select count(*)::int from payment_attempts a where a.purchase_id = p.id) as attempts
      from purchases p left join test_payments t on t.purchase = $2 where p.id = $1`,
      [purchase, publicId('purchase', purchase)],
    );
    const [state] = rows;
    if (!state) throw new Error(`there is no purchase ${purchase}`);
    return state;
  }
}

function ref(id: string): AccountRef {
  return { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
}

import { formatAmount } from '#amounts';
import type { Pool } from '#database';
import type { PaymentRequest } from '../payment-provider.ts';
import type { FailureCode, Report } from './test-methods.ts';
import type { TestPaymentRow } from './test-payment.ts';

/** What a payment method makes of a payment. */
interface Asked {
  readonly method: string;
  readonly status: TestPaymentRow['status'];
  readonly failure: FailureCode | null;
  readonly reports: readonly Report[];
}

const PAGE = 500;

/** The books of the test provider. Each method is one statement, and so a transaction of its own. */
export class TestPayments {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Makes the payment, unless it has been asked for before: then it stays as it is, whatever is asked now. */
  async ask(payment: PaymentRequest, { method, status, failure, reports }: Asked) {
    const refunds = reports.includes('refund') ? [{ id: null, amount: formatAmount(payment.price.amount) }] : [];
    const [row] = await this.#query<TestPaymentRow & { is_new: boolean }>(
      `insert into test_payments (purchase, environment, account, price, currency, payment_method, status, failure, refunds,
        dispute, reports, requests, charges)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)
      on conflict (purchase) do update set requests = test_payments.requests + 1
      returning *, xmax = 0 as is_new`,
      [
        ...subject(payment),
        method,
        status,
        failure,
        JSON.stringify(refunds),
        reports.includes('dispute') ? 'opened' : null,
        reports,
        status === 'succeeded' ? 1 : 0,
      ],
    );
    if (row === undefined) throw new Error(`No payment was written for ${payment.purchase}`);
    return { row, isNew: row.is_new };
  }

  async find(purchase: string): Promise<TestPaymentRow | null> {
    const [row] = await this.#query('select * from test_payments where purchase = $1', [purchase]);
    return row ?? null;
  }

  /** A payment that hasn't been asked for is written as canceled, so that it can't be made any more. */
  async cancel(payment: PaymentRequest, method: string): Promise<TestPaymentRow> {
    const [row] = await this.#query(
      `insert into test_payments as t (purchase, environment, account, price, currency, payment_method, status, failure,
        requests, charges)
      values ($1, $2, $3, $4, $5, $6, 'failed', 'canceled', 0, 0)
      on conflict (purchase) do update set
        status = case when t.status = 'requires_action' then 'failed' else t.status end,
        failure = case when t.status = 'requires_action' then 'canceled' else t.failure end
      returning *`,
      [...subject(payment), method],
    );
    if (row === undefined) throw new Error(`No payment was written for ${payment.purchase}`);
    return row;
  }

  async complete(purchase: string, outcome: 'succeeded' | 'failed'): Promise<TestPaymentRow | null> {
    await this.#query(
      `update test_payments set status = $2, failure = case when $2 = 'failed' then 'authentication_failed' end,
        charges = charges + case when $2 = 'succeeded' then 1 else 0 end
      where purchase = $1 and status = 'requires_action'`,
      [purchase, outcome],
    );
    return this.find(purchase);
  }

  /** Gives back a part of a payment, once for an id. @returns why it couldn't; null: it is given back */
  async refund(purchase: string, refund: string, amount: string): Promise<FailureCode | null> {
    await this.#query(
      `update test_payments set refunds = refunds || jsonb_build_object('id', $2::text, 'amount', $3::text)
      where purchase = $1 and status = 'succeeded'
        and not refunds @> jsonb_build_array(jsonb_build_object('id', $2::text))
        and (select coalesce(sum((one->>'amount')::numeric), 0) from jsonb_array_elements(refunds) one) + $3::numeric <= price`,
      [purchase, refund, amount],
    );
    const row = await this.find(purchase);
    if (row?.refunds.some(({ id }) => id === refund)) return null;
    return row?.status === 'succeeded' ? 'refund_exceeds_payment' : 'not_paid';
  }

  async closeDispute(purchase: string, state: 'won' | 'lost'): Promise<void> {
    await this.#query(
      `update test_payments set dispute = $2, reports = reports || array['dispute']
      where purchase = $1 and dispute = 'opened'`,
      [purchase, state],
    );
  }

  async unreported(): Promise<readonly TestPaymentRow[]> {
    return this.#query(`select * from test_payments where reports <> '{}' order by created_at limit ${PAGE}`, []);
  }

  /** Marks as reported what was, unless there is something new to report by now. */
  async reported({ purchase, reports }: TestPaymentRow): Promise<void> {
    await this.#query(`update test_payments set reports = '{}' where purchase = $1 and reports = $2`, [
      purchase,
      reports,
    ]);
  }

  /** Newest first. */
  async *between(from: Date, to: Date): AsyncIterable<TestPaymentRow> {
    let last: { readonly at: Date; readonly purchase: string } | null = null;
    for (;;) {
      const rows: readonly TestPaymentRow[] = await this.#query(
        `select * from test_payments
        where created_at >= $1 and created_at < $2 and ($3::timestamptz is null or (created_at, purchase) < ($3, $4))
        order by created_at desc, purchase desc limit ${PAGE}`,
        [from, to, last?.at ?? null, last?.purchase ?? null],
      );
      yield* rows;
      const oldest = rows.at(-1);
      if (rows.length < PAGE || oldest === undefined) return;
      last = { at: oldest.created_at, purchase: oldest.purchase };
    }
  }

  async #query<Row extends object = TestPaymentRow>(text: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>(text, values);
    return rows;
  }
}

function subject({ purchase, environment, account, price }: PaymentRequest): unknown[] {
  return [purchase, environment, account, formatAmount(price.amount), price.currency];
}

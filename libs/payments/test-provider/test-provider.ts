import { formatAmount } from '#amounts';
import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CheckoutPage,
  CheckoutRequest,
  PaymentProvider,
  PaymentRequest,
  PaymentResult,
  ProviderPayment,
  RefundRequest,
  RefundResult,
} from '../payment-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';
import { METHOD_BY_DEFAULT, testFailure, testMethod } from './test-methods.ts';
import { TestPayments } from './test-payments.ts';
import {
  actionUrl,
  paymentResult,
  providerEvent,
  providerPayment,
  testReference,
  testRefundReference,
  type TestPaymentRow,
} from './test-payment.ts';

/** How late `pm_slow` answers. */
const SLOW_MS = 3000;

type Listener = (event: ProviderEvent) => Promise<void>;

export interface TestProviderOptions {
  readonly slowMs?: number;
  /** Receives a line when an event can't be handed over. */
  readonly log: (line: string) => void;
}

/**
 * A provider that takes no money, for tests and for trying Purser out; never in `live`. What happens is chosen by the payment
 * method (`test-methods.ts`). It keeps its own books, in its own transactions, as if they were elsewhere.
 */
export class TestProvider implements PaymentProvider {
  readonly name = 'test';
  readonly #payments: TestPayments;
  readonly #slowMs: number;
  readonly #log: (line: string) => void;
  #listener: Listener | null = null;

  constructor(pool: Pool, { slowMs = SLOW_MS, log }: TestProviderOptions) {
    this.#payments = new TestPayments(pool);
    this.#slowMs = slowMs;
    this.#log = log;
  }

  async collect(payment: PaymentRequest): Promise<PaymentResult> {
    const method = payment.paymentMethod ?? METHOD_BY_DEFAULT;
    const { status, failure = null, answer, reports = [] } = testMethod(method);
    const { row, isNew } = await this.#payments.ask(payment, { method, status, failure, reports });
    if (isNew && reports.length > 0) this.#reportSoon(row);
    if (isNew && answer === 'slow') await sleep(this.#slowMs);
    if (isNew && answer === 'lost') throw new ProviderUnavailable('The connection was lost before the answer arrived.');
    return paymentResult(row);
  }

  async find({ purchase }: PaymentRequest): Promise<PaymentResult | null> {
    const row = await this.#payments.find(purchase);
    return row === null ? null : paymentResult(row);
  }

  async cancel(payment: PaymentRequest): Promise<PaymentResult> {
    return paymentResult(await this.#payments.cancel(payment, payment.paymentMethod ?? METHOD_BY_DEFAULT));
  }

  async refund({ refund, purchase, money }: RefundRequest): Promise<RefundResult> {
    const reference = testRefundReference(purchase, refund);
    const fault = await this.#payments.refund(purchase, refund, formatAmount(money.amount));
    return fault === null
      ? { status: 'succeeded', reference }
      : { status: 'failed', reference: null, failure: testFailure(fault) };
  }

  async checkout(request: CheckoutRequest): Promise<CheckoutPage> {
    const { purchase } = request;
    const asked = { method: 'pm_requires_action', status: 'requires_action', failure: null, reports: [] } as const;
    await this.#payments.ask({ ...request, paymentMethod: null }, asked);
    return { url: actionUrl(purchase), reference: testReference(purchase) };
  }

  async *payments(from: Date, to: Date): AsyncIterable<ProviderPayment> {
    for await (const row of this.#payments.between(from, to)) yield providerPayment(row);
  }

  /**
   * Does what whoever pays was asked for, or fails at it.
   * @returns how the payment stands then: as it was, where nothing was asked for; null: there is no such payment
   */
  async complete(purchase: string, outcome: 'succeeded' | 'failed'): Promise<PaymentResult | null> {
    const row = await this.#payments.complete(purchase, outcome);
    return row === null ? null : paymentResult(row);
  }

  /** Ends a dispute, and reports it. */
  async closeDispute(purchase: string, state: 'won' | 'lost'): Promise<void> {
    await this.#payments.closeDispute(purchase, state);
    await this.reportAll();
  }

  /** Connects whoever acts on events. An event is reported until it resolves, and twice by `pm_double_webhook`. */
  onEvent(listener: Listener): void {
    this.#listener = listener;
  }

  /** Reports again what nobody has taken, such as what a process left behind when it was killed. */
  async reportAll(): Promise<void> {
    for (const row of await this.#payments.unreported()) await this.#report(row);
  }

  #reportSoon(row: TestPaymentRow): void {
    this.#report(row).catch((error: unknown) => {
      this.#log(`The test provider couldn't report ${row.purchase}: ${String(error)}`);
    });
  }

  async #report(row: TestPaymentRow): Promise<void> {
    const listener = this.#listener;
    if (listener === null) return;
    const payments = row.reports.filter((report) => report === 'payment');
    const others = row.reports.filter((report) => report !== 'payment');
    // At the same time, as a provider's do that was impatient.
    await Promise.all(payments.map((report) => listener(providerEvent(row, report))));
    for (const report of others) await listener(providerEvent(row, report));
    await this.#payments.reported(row);
  }
}

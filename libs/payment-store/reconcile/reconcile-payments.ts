import type { Pool } from '#database';
import { parsePublicId } from '#ledger';
import type { PaymentProvider, ProviderPayment } from '#payments';
import { paidPurchases, purchasesNamed, type BookedFilter } from './booked-purchases.ts';
import { compareGrants, comparePayment, moneyText, type PaymentDifference } from './compare-payment.ts';

export interface ReconcileOptions extends Omit<BookedFilter, 'provider'> {
  readonly onDifference: (difference: PaymentDifference) => void;
  /** Called now and then with how much was compared. */
  readonly onProgress?: (compared: Reconciled) => void;
}

export interface Reconciled {
  /** Payments that the provider has taken for purchases of this environment. */
  readonly payments: number;
  /** Purchases that are paid. */
  readonly purchases: number;
  readonly differences: number;
}

const PAGE = 100;

/**
 * Compares a provider's payments of a time with purchases and their grants, both ways. It changes nothing.
 *
 * @throws {ProviderUnavailable} where the provider can't be asked
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function reconcilePayments(
  pool: Pool,
  provider: PaymentProvider,
  { environment, from, to, onDifference, onProgress }: ReconcileOptions,
): Promise<Reconciled> {
  let [payments, purchases, differences] = [0, 0, 0];
  const report = (found: readonly PaymentDifference[]): void => {
    differences += found.length;
    for (const difference of found) onDifference(difference);
  };
  /** The purchases for which the provider has taken money, with its id of the payment. */
  const taken = new Map<string, string>();

  for await (const page of inPages(takenFor(provider, { environment, from, to }))) {
    const ids = page.flatMap(({ purchase }) => parsePublicId('purchase', purchase) ?? []);
    const booked = await purchasesNamed(pool, ids);
    for (const { purchase, payment } of page) {
      payments += 1;
      const earlier = taken.get(purchase);
      if (earlier !== undefined && earlier !== payment.reference) report([paidTwice(purchase, payment, earlier)]);
      taken.set(purchase, payment.reference);
      report(comparePayment(purchase, payment, booked.get(purchase)));
    }
    onProgress?.({ payments, purchases, differences });
  }
  for await (const booked of paidPurchases(pool, { provider: provider.name, environment, from, to })) {
    purchases += 1;
    const { purchase, price } = booked.request;
    // What was begun just before the end may have been paid just after it, so the provider is asked before it is missed.
    if (!taken.has(purchase) && (await provider.find(booked.request))?.status !== 'succeeded') {
      const { reference } = booked;
      const ledger = `${moneyText(price)} paid`;
      report([{ kind: 'payment_missing', purchase, reference, ledger, provider: 'no money taken' }]);
    }
    report(compareGrants(booked));
    if (purchases % PAGE === 0) onProgress?.({ payments, purchases, differences });
  }
  return { payments, purchases, differences };
}

interface Taken {
  readonly purchase: string;
  readonly payment: ProviderPayment;
}

/** Payments that have succeeded, and are for a purchase of the environment. */
async function* takenFor(
  provider: PaymentProvider,
  { environment, from, to }: Pick<ReconcileOptions, 'environment' | 'from' | 'to'>,
): AsyncIterable<Taken> {
  for await (const payment of provider.payments(from, to)) {
    const { purchase } = payment;
    if (purchase !== null && payment.environment === environment && payment.status === 'succeeded')
      yield { purchase, payment };
  }
}

async function* inPages<Item>(items: AsyncIterable<Item>): AsyncIterable<readonly Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function paidTwice(purchase: string, { reference, price }: ProviderPayment, earlier: string): PaymentDifference {
  const provider = `${moneyText(price)} taken again, besides ${earlier}`;
  return { kind: 'paid_twice', purchase, reference, ledger: 'one payment', provider };
}

import { Amount } from '#amounts';
import type { Pool } from '#database';
import { accountKeyOf, type PaymentStatus } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';
import type { Money, ProviderName } from '#payments';

/** A purchase as its provider is asked about it. */
export interface PayablePurchase {
  /** The UUID. */
  readonly id: string;
  readonly environment: string;
  /** The account's id, as its owner writes it. */
  readonly account: string;
  readonly status: PaymentStatus;
  readonly provider: ProviderName;
  readonly price: Money;
  readonly credits: Amount;
  readonly paymentMethod: string | null;
  readonly customer: string | null;
  readonly reference: string | null;
  readonly refunds: readonly { readonly id: string; readonly status: string; readonly money: Amount }[];
}

/**
 * @param id the purchase's UUID
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function findPayable(pool: Pool, id: string): Promise<PayablePurchase | null> {
  const { rows } = await attemptRead(() => queryable(pool).query<PayableRow>(PAYABLE, [accountKeyOf(id), id]));
  const [row] = rows;
  if (!row) return null;
  const { price, currency, credits, payment_method, refunds, ...same } = row;
  return {
    ...same,
    price: { amount: new Amount(price), currency },
    credits: new Amount(credits),
    paymentMethod: payment_method,
    refunds: refunds.map((refund) => ({ ...refund, money: new Amount(refund.money) })),
  };
}

interface PayableRow extends Pick<
  PayablePurchase,
  'id' | 'environment' | 'account' | 'status' | 'provider' | 'customer' | 'reference'
> {
  readonly price: string;
  readonly currency: string;
  readonly credits: string;
  readonly payment_method: string | null;
  readonly refunds: readonly { readonly id: string; readonly status: string; readonly money: string }[];
}

const PAYABLE = `
  select p.id, p.environment, a.external_id as account, p.status, p.provider, p.price, p.currency,
    p.credits + p.bonus_credits as credits, p.payment_method, p.customer, p.reference, p.refunds
  from purchases p join accounts a using (account_id) where p.account_id = $1 and p.id = $2`;

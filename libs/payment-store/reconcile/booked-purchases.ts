import { Amount } from '#amounts';
import type { Pool } from '#database';
import { accountKeyOf, leastUuidAt, publicId, timeOfUuid, type PaymentStatus } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';
import type { PaymentRequest, ProviderName } from '#payments';

/** A purchase as the ledger has it, with what it brought. */
export interface BookedPurchase {
  readonly request: PaymentRequest;
  readonly status: PaymentStatus;
  readonly reference: string | null;
  readonly refunded: Amount;
  /** What is under way: the provider may count it already. */
  readonly refundsPending: Amount;
  readonly isDisputed: boolean;
  /** What was sold, bonus included. */
  readonly credits: Amount;
  /** The sum of its grants. */
  readonly granted: Amount;
}

/** @param ids UUIDs of purchases */
export async function purchasesNamed(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, BookedPurchase>> {
  const keys = ids.map(accountKeyOf);
  const { rows } = await attemptRead(() => queryable(pool).query<BookedRow>(NAMED, [keys, ids]));
  return new Map(rows.map((row) => [publicId('purchase', row.id), fromRow(row)]));
}

export interface BookedFilter {
  readonly provider: ProviderName;
  readonly environment: string;
  readonly from: Date;
  readonly to: Date;
}

const PAGE = 500;

/**
 * Purchases that were begun in a time and have been paid, by their ids. The time is real time, as the provider counts it, and so it
 * is their ids' time; their own is the account's, and may be a test clock's.
 */
export async function* paidPurchases(pool: Pool, filter: BookedFilter): AsyncIterable<BookedPurchase> {
  const { provider, environment, from, to } = filter;
  // No purchase has one of these ids.
  const end = leastUuidAt(to.getTime());
  let after = leastUuidAt(from.getTime());
  for (;;) {
    const values = [environment, provider, after, end, PAGE];
    const { rows } = await attemptRead(() => queryable(pool).query<BookedRow>(PAID, values));
    for (const row of rows) yield fromRow(row);
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

interface BookedRow {
  readonly id: string;
  readonly account: string;
  readonly environment: string;
  readonly status: PaymentStatus;
  readonly price: string;
  readonly currency: string;
  readonly payment_method: string | null;
  readonly customer: string | null;
  readonly reference: string | null;
  readonly refunded_money: string;
  readonly pending_money: string;
  readonly is_disputed: boolean;
  readonly credits: string;
  readonly granted: string;
}

function fromRow(row: BookedRow): BookedPurchase {
  const { id, account, environment, status, price, currency, payment_method, customer, reference } = row;
  return {
    request: {
      purchase: publicId('purchase', id),
      account,
      environment,
      price: { amount: new Amount(price), currency },
      paymentMethod: payment_method,
      customer,
      description: '',
      begunAt: new Date(timeOfUuid(id)),
    },
    status,
    reference,
    refunded: new Amount(row.refunded_money),
    refundsPending: new Amount(row.pending_money),
    isDisputed: row.is_disputed,
    credits: new Amount(row.credits),
    granted: new Amount(row.granted),
  };
}

// What went back by a lost dispute is no refund of the provider's.
const COLUMNS = `p.id, a.external_id as account, p.environment, p.status, p.price, p.currency, p.payment_method, p.customer,
  p.reference, p.disputes <> '[]' as is_disputed, p.credits + p.bonus_credits as credits,
  (select coalesce(sum((refund ->> 'money')::numeric), 0) from jsonb_array_elements(p.refunds) refund
    where refund ->> 'status' = 'succeeded' and refund ->> 'origin' <> 'dispute') as refunded_money,
  (select coalesce(sum((refund ->> 'money')::numeric), 0) from jsonb_array_elements(p.refunds) refund
    where refund ->> 'status' = 'pending') as pending_money,
  (select coalesce(sum(g.amount), 0) from grants g where g.account_id = p.account_id and g.purchase_id = p.id) as granted`;

const NAMED = `select ${COLUMNS}
  from unnest($1::bigint[], $2::uuid[]) named (account_id, id) join purchases p using (account_id, id)
  join accounts a using (account_id)`;

const PAID = `select ${COLUMNS} from purchases p join accounts a using (account_id)
  where p.environment = $1 and p.provider = $2 and p.id > $3 and p.id < $4
    and p.status in ('succeeded', 'refunded', 'disputed')
  order by p.id limit $5`;

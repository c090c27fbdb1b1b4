import type { JsonObject } from '#amounts';
import type { PaymentFailure, PaymentStatus, ProviderName, Purchase } from '#ledger';
import { column } from './column.ts';
import { purchaseDisputes, purchaseRefunds, purchaseMoney } from './purchase-forms.ts';
import { accountKey, boolean, counter, json, numeric, smallint, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What was sold to accounts, with its payment. */
export const PURCHASES = table({
  name: 'purchases',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    environment: column('environment', text()),
    credits: column('credits', numeric),
    bonusCredits: column('bonus_credits', numeric),
    price: column('price', numeric),
    currency: column('currency', text()),
    provider: column('provider', text<ProviderName>()),
    paymentMethod: column('payment_method', text()).nullable(),
    customer: column('customer', text()).nullable(),
    package: column('package', uuid).nullable(),
    automatic: column('automatic', boolean),
    expiresAfterMs: column('expires_after_ms', counter).nullable(),
    priority: column('priority', smallint),
    metadata: column('metadata', json<JsonObject>()),
    status: column('status', text<PaymentStatus>()).updated(),
    reference: column('reference', text()).nullable().updated(),
    actionUrl: column('action_url', text()).nullable().updated(),
    failure: column('failure', json<PaymentFailure>()).nullable().updated(),
    paid: column('paid', purchaseMoney).nullable().updated(),
    grants: column('grants', json<readonly string[]>()).updated(),
    refunds: column('refunds', purchaseRefunds).updated(),
    disputes: column('disputes', purchaseDisputes).updated(),
    refundedMoney: column('refunded_money', numeric).updated(),
    refundedCredits: column('refunded_credits', numeric).updated(),
    lostCredits: column('lost_credits', numeric).updated(),
    succeededAt: column('succeeded_at', time).nullable().updated(),
    createdAt: column('created_at', time),
  },
});

export type PurchaseRow = RowOf<typeof PURCHASES>;

export const purchaseFromRow: (row: PurchaseRow) => Purchase = PURCHASES.fromRow;

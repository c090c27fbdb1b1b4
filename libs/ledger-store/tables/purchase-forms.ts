import { Amount, formatAmount } from '#amounts';
import type { Freeze, Money, PurchaseDispute, PurchaseRefund } from '#ledger';
import { jsonAs, jsonList } from './kind.ts';

export interface StoredMoney {
  readonly amount: string;
  readonly currency: string;
}

export const purchaseMoney = jsonAs<Money, StoredMoney>(
  ({ amount, currency }) => ({ amount: new Amount(amount), currency }),
  ({ amount, currency }) => ({ amount: formatAmount(amount), currency }),
);

export type StoredRefund = Omit<PurchaseRefund, 'money' | 'credits' | 'taken'> & {
  readonly money: string;
  readonly credits: string;
  /** `["<grant>", "<amount>"]` */
  readonly taken: readonly (readonly [grantId: string, amount: string])[];
};

export const purchaseRefunds = jsonList<PurchaseRefund, StoredRefund>(
  ({ money, credits, taken, ...refund }) => ({
    ...refund,
    money: new Amount(money),
    credits: new Amount(credits),
    taken: taken.map(([grantId, amount]) => ({ grantId, amount: new Amount(amount) })),
  }),
  ({ money, credits, taken, ...refund }) => ({
    ...refund,
    money: formatAmount(money),
    credits: formatAmount(credits),
    taken: taken.map(({ grantId, amount }) => [grantId, formatAmount(amount)] as const),
  }),
);

export type StoredDispute = Omit<PurchaseDispute, 'money'> & { readonly money: string | null };

export const purchaseDisputes = jsonList<PurchaseDispute, StoredDispute>(
  ({ money, ...dispute }) => ({ ...dispute, money: money === null ? null : new Amount(money) }),
  ({ money, ...dispute }) => ({ ...dispute, money: money && formatAmount(money) }),
);

/** `[<milliseconds since 1970>, "<frozen from then on>"]` */
export type StoredFreeze = readonly [at: number, frozen: string];

export const freezes = jsonList<Freeze, StoredFreeze>(
  ([at, frozen]) => ({ at, frozen: new Amount(frozen) }),
  ({ at, frozen }) => [at, formatAmount(frozen)],
);

import { accountKeyOf, type AccountKey } from '#ledger';

/** What a provider is asked for: to collect the payment of a purchase, or to pay a refund of it. Both are UUIDs. */
export interface AttemptRef {
  /** The refund's, or the purchase's own where its payment is to be collected. */
  readonly id: string;
  readonly purchase: string;
}

/** The key of its row: it is found without a look-up, since a purchase's id says whose it is. */
export function keyOf({ id, purchase }: AttemptRef): [AccountKey, string] {
  return [accountKeyOf(purchase), id];
}

import type { Amount } from '#amounts';

/** Three numbers, always consistent: `available = posted − held`. */
export interface Balance {
  readonly posted: Amount;
  readonly held: Amount;
}

export function available(balance: Balance): Amount {
  return balance.posted.minus(balance.held);
}

/** Accounts that a load is spread over, each with far more credits than a run can spend. */
export interface AccountSet {
  readonly name: string;
  readonly count: number;
}

/** The names of the accounts of a set; of a single one it is the set's. */
export function accountNames({ name, count }: AccountSet): string[] {
  if (count === 1) return [name];
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** 10 000 accounts, which all loads that are spread share. */
export const SPREAD: AccountSet = { name: 'spread', count: 10_000 };

/** The one account of a load. Each load has its own, so that the holds that one leaves open don't slow down the next. */
export function hot(load: string): AccountSet {
  return { name: `hot-${load}`, count: 1 };
}

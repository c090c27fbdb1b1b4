import type { AccountRef } from '#ledger';
import type { AccountReader } from '#ledger-store';
import { accountNotFound } from '../accounts/account-ref.ts';

/** By which clock and calendar a question is meant. */
export interface Clock {
  readonly timeZone: string;
  /** In milliseconds since 1970; by the account's clock, where the question is about one. */
  readonly now: number;
}

/**
 * The time zone of a question: the one that is asked for, or that of the account that it is about, or UTC.
 * @throws {ProblemError} `account_not_found`
 */
export async function clockOf(
  accounts: Pick<AccountReader, 'find'>,
  account: AccountRef | null,
  asked: string | undefined,
): Promise<Clock> {
  if (account === null) return { timeZone: asked ?? 'UTC', now: Date.now() };
  const found = await accounts.find(account);
  if (!found) throw accountNotFound(account.id);
  return { timeZone: asked ?? found.account.terms.timeZone, now: found.asOf };
}

import type { AccountRef } from '#ledger';
import type { AccountReader } from '#ledger-store';
import { accountNotFound } from '../accounts/account-ref.ts';

/**
 * The time zone of a question: the one that is asked for, or that of the account that it is about, or UTC.
 * @throws {ProblemError} `account_not_found`
 */
export async function zoneOf(
  accounts: Pick<AccountReader, 'find'>,
  account: AccountRef | null,
  asked: string | undefined,
): Promise<string> {
  if (account === null) return asked ?? 'UTC';
  const found = await accounts.find(account);
  if (!found) throw accountNotFound(account.id);
  return asked ?? found.account.terms.timeZone;
}

import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { arrayOf } from '../statement.ts';

/**
 * Accounts that another transaction was found to keep locked. They are tried apart from others and with little patience,
 * so that they can't hold up a lane again and again. An account is on the list until it was locked by us.
 */
export class LockedAccounts {
  private readonly known = new Set<AccountKey>();

  constructor(private readonly pool: Pool) {}

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  includesAnyOf(accounts: readonly AccountKey[]): boolean {
    return accounts.some((account) => this.known.has(account));
  }

  /** Finds out which of these accounts can't be locked now. */
  async inspect(accounts: readonly AccountKey[]): Promise<void> {
    const { rows } = await this.pool.query<{ account_id: AccountKey }>(
      `with free as materialized (
         select account_id from accounts where account_id = any($1::bigint[]) for no key update skip locked
       )
       select account_id from accounts
       where account_id = any($1::bigint[]) and account_id not in (select account_id from free)`,
      [arrayOf(accounts)],
    );
    this.forget(accounts);
    for (const { account_id } of rows) this.known.add(account_id);
  }

  forget(accounts: readonly AccountKey[]): void {
    if (this.known.size > 0) for (const account of accounts) this.known.delete(account);
  }
}

import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { arrayOf } from '../statement.ts';

/** What was found longer ago says nothing of the time between. */
const LOOK_GAP_MS_MAX = 1000;

/**
 * Accounts that another transaction was found to keep locked, shared by all lanes: what one has found out, the others need
 * not wait for. Nobody waits for these accounts with others locked; they are looked at again without waiting.
 */
export class LockedAccounts {
  /** Since when each was found locked at every look, and when the last one was. */
  private readonly known = new Map<AccountKey, { readonly since: number; readonly seenAt: number }>();

  constructor(private readonly pool: Pool) {}

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  includesAnyOf(accounts: readonly AccountKey[]): boolean {
    return accounts.some((account) => this.known.has(account));
  }

  /** For how long the one of these accounts has been locked that has been for longest; 0 where none is. */
  msOf(accounts: readonly AccountKey[]): number {
    const now = performance.now();
    return Math.max(0, ...accounts.map((account) => now - (this.known.get(account)?.since ?? now)));
  }

  /** Looks which of these accounts can't be locked now. */
  async inspect(accounts: readonly AccountKey[]): Promise<void> {
    const { rows } = await this.pool.query<{ account_id: AccountKey }>(
      `with free as materialized (
         select account_id from accounts where account_id = any($1::bigint[]) for no key update skip locked
       )
       select account_id from accounts
       where account_id = any($1::bigint[]) and account_id not in (select account_id from free)`,
      [arrayOf([...new Set(accounts)])],
    );
    const now = performance.now();
    const locked = rows.map(
      ({ account_id }) => [account_id, { since: this.sinceWhen(account_id, now), seenAt: now }] as const,
    );
    for (const account of accounts) this.known.delete(account);
    for (const [account, seen] of locked) this.known.set(account, seen);
  }

  private sinceWhen(account: AccountKey, now: number): number {
    const before = this.known.get(account);
    return before && now - before.seenAt < LOOK_GAP_MS_MAX ? before.since : now;
  }
}

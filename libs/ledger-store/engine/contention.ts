import type { AccountKey } from '#ledger';

/** So many batches of an account are decided under locks at most before it is tried ahead again. */
const LOCKED_BATCHES_MAX = 64;
/** So many batches of an account have to be written as they were decided ahead before its conflicts are forgotten. */
const CALM_BATCHES = 64;
/** Those that conflicted longest ago are forgotten first. */
const ACCOUNTS_MAX = 10_000;

interface Conflicts {
  count: number;
  /** How many batches are still to be decided under locks. */
  lockedBatches: number;
  /** How many were written since, as they were decided ahead. */
  calmBatches: number;
}

/**
 * Accounts that another process writes to as well. A batch that was decided ahead and conflicts costs as much again, and takes
 * others along. So an account that conflicts is left to locked batches for a while, twice as long each time.
 */
export class Contention {
  private readonly accounts = new Map<AccountKey, Conflicts>();

  isContended(account: AccountKey): boolean {
    return this.accounts.size > 0 && (this.accounts.get(account)?.lockedBatches ?? 0) > 0;
  }

  /** An account wasn't what a batch was decided on. */
  conflicted(account: AccountKey): void {
    const count = (this.accounts.get(account)?.count ?? 0) + 1;
    this.accounts.delete(account);
    this.accounts.set(account, { count, lockedBatches: Math.min(2 ** count, LOCKED_BATCHES_MAX), calmBatches: 0 });
    const [oldest] = this.accounts.keys();
    if (this.accounts.size > ACCOUNTS_MAX && oldest !== undefined) this.accounts.delete(oldest);
  }

  /** A batch of these accounts was written as it was decided ahead. */
  wentWell(accounts: readonly AccountKey[]): void {
    if (this.accounts.size === 0) return;
    for (const account of accounts) {
      const conflicts = this.accounts.get(account);
      if (!conflicts) continue;
      conflicts.calmBatches += 1;
      if (conflicts.calmBatches >= CALM_BATCHES) this.accounts.delete(account);
    }
  }

  /** These accounts were decided on under locks, once. */
  wereLocked(accounts: readonly AccountKey[]): void {
    if (this.accounts.size === 0) return;
    for (const account of new Set(accounts)) {
      const conflicts = this.accounts.get(account);
      if (conflicts && conflicts.lockedBatches > 0) conflicts.lockedBatches -= 1;
    }
  }
}

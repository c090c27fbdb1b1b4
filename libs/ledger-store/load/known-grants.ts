import type { AccountKey, AccountState, Grant, LedgerState } from '#ledger';

/** Accounts and grants together. A grant may carry 16 KiB of metadata, though most carry next to none. */
const WEIGHT_MAX = 10_000;

interface Known {
  /** The account's clock when its grants were as they are here; every write to the account moves it. */
  readonly stamp: bigint;
  readonly grants: readonly Grant[];
}

/**
 * The open grants of accounts that a lane has just decided on. An account with hundreds of grants would otherwise load
 * them all for every decision; with this, the database answers with grants only where the account's clock has moved on.
 *
 * That it knows an account affects what a decision costs, never what it is: the clock is compared under the account's
 * lock. It belongs to one lane, because decisions change the grants in place, and must forget them when they fail.
 */
export class KnownGrants {
  private readonly known = new Map<AccountKey, Known>();
  private weight = 0;

  /** @param weightMax how many accounts and grants to know at most; those used longest ago are forgotten first. */
  constructor(private readonly weightMax = WEIGHT_MAX) {}

  /** For each account the clock at which its grants are known; `null` where they aren't. */
  stampsOf(keys: readonly AccountKey[]): (string | null)[] {
    return keys.map((key) => this.known.get(key)?.stamp.toString() ?? null);
  }

  /** @returns `null` where the account has moved on since. */
  grantsOf(key: AccountKey, stamp: bigint): readonly Grant[] | null {
    const known = this.known.get(key);
    return known?.stamp === stamp ? known.grants : null;
  }

  /** Called when a batch is durable. */
  remember(state: LedgerState): void {
    for (const account of state.accounts.values()) this.rememberAccount(account);
    for (const key of this.known.keys()) {
      if (this.weight <= this.weightMax) return;
      this.forget([key]);
    }
  }

  /** Called when a batch has failed, or may have: what it changed in memory isn't what is stored. */
  forget(keys: readonly AccountKey[]): void {
    for (const key of keys) {
      const known = this.known.get(key);
      if (known) this.weight -= weightOf(known);
      this.known.delete(key);
    }
  }

  private rememberAccount({ account, ids, grants }: AccountState): void {
    const open = grants.filter(({ remaining }) => !remaining.isZero());
    // Last in the map is the one used last, and the one to be forgotten last.
    this.forget([account.key]);
    const known = { stamp: ids.lastStamp, grants: open };
    this.known.set(account.key, known);
    this.weight += weightOf(known);
  }
}

function weightOf({ grants }: Known): number {
  return 1 + grants.length;
}

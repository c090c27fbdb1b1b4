import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { arrayOf } from '../statement.ts';
import { BEGIN } from './ledger-pool.ts';
import { connectedTo } from './connected-to.ts';

/** What was found longer ago says nothing of the time between. */
const LOOK_GAP_MS_MAX = 1000;

const FIND_LOCKED = `
  with free as materialized (
    select account_id from accounts where account_id = any($1::bigint[]) for no key update skip locked
  )
  select account_id, xmax::text as holder from accounts
  where account_id = any($1::bigint[]) and account_id not in (select account_id from free)`;

interface LockedRow {
  account_id: AccountKey;
  holder: string;
}

interface Seen {
  /** The transaction that had it. */
  readonly holder: string;
  /** Since when this one was found at every look, and when the last one was. */
  readonly since: number;
  readonly seenAt: number;
}

/**
 * Accounts that another transaction was found to keep locked. Nobody waits for these accounts with others locked; they are looked at again without waiting.
 *
 * One that is locked by another transaction at every look is only busy. To wait until a look finds it free would be to
 * wait for chance, so it is left to Postgres, where whoever waits has its turn.
 */
export class LockedAccounts {
  private readonly known = new Map<AccountKey, Seen>();

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
    const rows = await this.find(accounts);
    const now = performance.now();
    const stuck = rows.flatMap(({ account_id: account, holder }) => {
      const before = this.known.get(account);
      if (!before || now - before.seenAt >= LOOK_GAP_MS_MAX)
        return [[account, { holder, since: now, seenAt: now }] as const];
      return before.holder === holder ? [[account, { ...before, seenAt: now }] as const] : [];
    });
    for (const account of accounts) this.known.delete(account);
    for (const [account, seen] of stuck) this.known.set(account, seen);
  }

  /** Those that can't be locked now. The locks of the others are let go at once. */
  private async find(accounts: readonly AccountKey[]): Promise<LockedRow[]> {
    const client = await connectedTo(this.pool);
    let isDone = false;
    try {
      const [, { rows }] = await Promise.all([
        client.query(BEGIN),
        client.query<LockedRow>(FIND_LOCKED, [arrayOf([...new Set(accounts)])]),
        client.query('rollback'),
      ]);
      isDone = true;
      return rows;
    } finally {
      client.release(!isDone);
    }
  }
}

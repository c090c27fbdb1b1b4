import { ZERO } from '#amounts';
import { kyselyFrom, type Pool } from '#database';
import {
  balanceOf,
  NO_PLAN,
  shownRefills,
  timeOf,
  type Account,
  type AccountDecision,
  type AccountRef,
  type AccountState,
  type PlanDecision,
} from '#ledger';
import type { Positions } from '#pricing';
import type { Kysely } from 'kysely';
import { ofConnection } from '../engine/failures.ts';
import { findAccountsBy, keyOf, type AccountFilter, type FoundAccount } from './account-search.ts';
import { attemptRead } from './attempt-read.ts';
import { pageOf, type Page, type PageRequest } from './page.ts';
import { balanceAt } from './past-balance.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';
import type { LedgerTables } from './tables.ts';

/** What the price of an account's usage depends on. */
export interface AccountPricing {
  readonly account: Account;
  /** The account's time, in milliseconds since 1970. */
  readonly at: number;
  readonly realNow: number;
  /** Where its counters stand. */
  readonly positions: Positions;
}

export class AccountReader {
  private readonly tables: Kysely<LedgerTables>;

  constructor(private readonly pool: Pool) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  find(ref: AccountRef): Promise<AccountDecision | null> {
    return attemptRead(async () => {
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key]));
      const found = accountIn(loaded, ref);
      return found && readingOf(found, timeOf(loaded, found));
    });
  }

  /**
   * The account with its balance at a past instant of its own time, in milliseconds since 1970.
   * @returns `null` where there is no such account, `'future'` where the instant hasn't come yet.
   */
  findAt(ref: AccountRef, at: number): Promise<AccountDecision | 'future' | null> {
    return attemptRead(async () => {
      return inSnapshot(this.pool, async (client) => {
        const loaded = await readSettled(client, ref.environment, [ref.key]);
        const found = accountIn(loaded, ref);
        if (!found) return null;
        if (at > timeOf(loaded, found)) return 'future';
        const { balance, debt } = await balanceAt(client, ref.key, at, loaded.unbooked);
        return { account: { ...found.account, debt }, balance, ...shownRefills(found), created: false, asOf: at };
      });
    });
  }

  /** @returns `null` where there is no such account */
  findPlan(ref: AccountRef): Promise<PlanDecision | null> {
    return attemptRead(async () => {
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key]));
      const found = accountIn(loaded, ref);
      return found && { account: found.account, plan: found.refills.plan ?? NO_PLAN };
    });
  }

  /** @returns `null` where there is no such account */
  findPricing(ref: AccountRef): Promise<AccountPricing | null> {
    return attemptRead(async () => {
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key]));
      const found = accountIn(loaded, ref);
      if (!found) return null;
      const at = timeOf(loaded, found);
      return { account: found.account, at, realNow: loaded.realNow, positions: positionsAt(found, at) };
    });
  }

  /** An environment's accounts that match the filter, newest first. */
  list(environment: string, filter: AccountFilter, page: PageRequest): Promise<Page<AccountDecision>> {
    return attemptRead(async () => {
      const { sql: text, parameters } = findAccountsBy(this.tables, environment, filter, page);
      // Not prepared: which index finds them soonest depends on what is asked for.
      const { rows } = await ofConnection(this.pool.query<FoundAccount>(text, [...parameters]));
      const keys = rows.map(({ account_id }) => account_id);
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, environment, keys));
      return pageOf(rows, page, keyOf, ({ account_id }) => {
        const found = loaded.state.accounts.get(account_id);
        if (!found) throw new Error(`account ${account_id} was listed but not found`);
        return readingOf(found, timeOf(loaded, found));
      });
    });
  }
}

function positionsAt({ counters }: AccountState, at: number): Positions {
  return {
    used: ({ id }) => counters.at(id, at)?.used ?? ZERO,
    reserved: ({ id }) => counters.at(id, at)?.reserved ?? ZERO,
  };
}

/** @param now by the account's clock */
export function readingOf(state: AccountState, now: number): AccountDecision {
  return { account: state.account, balance: balanceOf(state), ...shownRefills(state), created: false, asOf: now };
}

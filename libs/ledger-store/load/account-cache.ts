import {
  accountKeyOf,
  hasShortfall,
  isByValue,
  isOpen,
  periodOf,
  windowsAskedFor,
  type AccountKey,
  type AccountState,
  type Authorization,
  type Changes,
  type Command,
  type Counter,
  type Grant,
  type LedgerState,
  type Needs,
} from '#ledger';
import type { JsonObject } from '#amounts';
import { hasCard, hasPriceOf, hasPricesOf } from '../prices/prices-at-hand.ts';
import { NO_STORE_RULES, type StoreRules } from '../prices/price-source.ts';
import { aheadMsOf, endOf, entryOf, isTrueAt, noteGrant, weightOf, type CacheEntry } from './cache-entry.ts';
import { CachedAuthorizations } from './cached-authorizations.ts';
import { CachedWindows } from './cached-windows.ts';
import type { Filled } from './filled.ts';
import { keepCounters } from './keep-counters.ts';
import { shareOverrides } from './shared-overrides.ts';

/** Accounts, grants, counters and own prices together. A grant may carry 16 KiB of metadata, though most carry next to none. */
const WEIGHT_MAX = 60_000;

export interface CacheOptions {
  /** What holds for all accounts. */
  readonly rules?: StoreRules | undefined;
  /** Whether batches that change an account are on their way; then it stays cached. */
  readonly isInFlight?: (key: AccountKey) => boolean;
  /**
   * How many accounts, grants and counters to cache at most, with prices of their own by their size; those used longest ago go first.
   * Windows by value have a bound of their own.
   */
  readonly weightMax?: number;
  readonly windowsMax?: number | undefined;
}

/**
 * The accounts that a lane has decided on lately, as its decisions have left them. On them the lane decides the next batch
 * while the last one is still being written, and an account with a thousand grants isn't loaded for every decision.
 *
 * The cache affects what a decision costs, never what it is: an account's version, which every write moves, is compared under
 * the account's lock before anything is written. Whatever a failed batch has changed is to be forgotten.
 */
export class AccountCache {
  private readonly authorizations = new CachedAuthorizations();
  /** All that is cached, in one piece. Decisions change it in place. */
  readonly state: LedgerState = {
    accounts: new Map(),
    authorizations: this.authorizations.all,
    grants: new Map(),
    // Whatever needs purchases is decided on what is stored.
    purchases: new Map(),
    testClocks: new Map(),
    declined: new Map(),
  };
  /** Those of the cached authorizations that were closed when they were read: their rows stand in another table. */
  readonly closed: ReadonlySet<string> = this.authorizations.closed;
  readonly rules: StoreRules;
  private readonly isInFlight: (key: AccountKey) => boolean;
  private readonly weightMax: number;
  private readonly entries = new Map<AccountKey, CacheEntry>();
  private readonly windows: CachedWindows;
  private weight = 0;
  /** The last batch of which every reading under way sees what it has left. */
  private ended = 0;

  constructor({ rules = NO_STORE_RULES, isInFlight, weightMax, windowsMax }: CacheOptions = {}) {
    this.rules = rules;
    this.isInFlight = isInFlight ?? (() => false);
    this.weightMax = weightMax ?? WEIGHT_MAX;
    this.windows = new CachedWindows(windowsMax);
  }

  /** For each account the version at which it is cached; `null` where it isn't. */
  versionsOf(keys: readonly AccountKey[]): (string | null)[] {
    return keys.map((key) => this.entries.get(key)?.state.ids.version.toString() ?? null);
  }

  /** The account's open grants; `null` where it isn't cached at this version. */
  grantsOf(key: AccountKey, version: bigint): readonly Grant[] | null {
    const entry = this.entries.get(key);
    return entry?.state.ids.version === version ? entry.state.grants.filter(isUnspent) : null;
  }

  /** That version of the account's own prices, where it is cached. */
  overridesOf(key: AccountKey, version: number): readonly JsonObject[] | null {
    const account = this.entries.get(key)?.state.account;
    if (account?.overridesVersion === version) return account.terms.overrides;
    return this.authorizations.overridesOf(key, version);
  }

  has(key: AccountKey): boolean {
    return this.entries.has(key);
  }

  /** Whether everything is cached that a decision needs at that real time. */
  covers(needs: Needs, now: number): boolean {
    const { prices } = this.rules;
    const { accounts, authorizations } = this.state;
    return (
      needs.accounts.every((key) => this.holdsAt(key, now) && hasPricesOf(this.rules, accounts.get(key), now)) &&
      needs.authorizations.every(
        (id) =>
          this.knowsAuthorization(id) &&
          hasPriceOf(prices, authorizations.get(id)) &&
          !this.landsLate(id) &&
          this.hasWindowsOf(id),
      ) &&
      needs.rateCards.every((card) => hasCard(prices, card, now, now))
    );
  }

  /**
   * Whether what is charged for an authorization would be set off against a shortfall. The grants that it was drawn from aren't
   * cached, so that is decided on what is stored.
   */
  landsLate(id: string): boolean {
    const periods = this.state.accounts.get(accountKeyOf(id))?.commitments;
    if (!periods?.some(hasShortfall)) return false;
    const authorization = this.state.authorizations.get(id);
    const period = authorization && periodOf(periods, authorization);
    return period !== undefined && hasShortfall(period);
  }

  /** Whether an authorization is cached, or known to be none. */
  knowsAuthorization(id: string): boolean {
    return this.state.authorizations.has(id) || this.entries.get(accountKeyOf(id))?.absent?.has(id) === true;
  }

  /** Whether a command asks for windows by value that aren't cached. */
  asksForUnknown(command: Command, now: number): boolean {
    return windowsAskedFor({ state: this.state, realNow: now, rules: this.rules }, command).length > 0;
  }

  /** Whether what is cached of the account is true at that real time. */
  holdsAt(key: AccountKey, now: number): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && isTrueAt(entry, now);
  }

  /** Whether the account is cached, but not as it is at that real time: time alone has changed it, or the clock was set back. */
  isOutdated(key: AccountKey, now: number): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && !isTrueAt(entry, now);
  }

  /** From when on, in real time, time alone changes something about the account. */
  holdsUntil(key: AccountKey): number {
    const entry = this.entries.get(key);
    return entry ? endOf(entry) : Number.NEGATIVE_INFINITY;
  }

  /** See {@link CachedAuthorizations.isGone}. */
  isGone(id: string, batch: number): boolean {
    return this.authorizations.isGone(id, batch);
  }

  /** See {@link CachedAuthorizations.batchesEnded}. */
  batchesEnded(batch: number): void {
    this.ended = batch;
    this.authorizations.batchesEnded(batch);
  }

  /** Called with accounts as they were just loaded under their locks: of one that has another version, nothing cached is true. */
  compare(loaded: LedgerState): void {
    for (const [key, { ids }] of loaded.accounts) {
      if (this.entries.get(key)?.state.ids.version !== ids.version) this.forget([key]);
    }
  }

  /** Takes over what a locked batch has loaded and decided, once it is durable. */
  learn(decided: LedgerState, now: number): void {
    for (const state of decided.accounts.values()) this.learnAccount(state, now);
    for (const authorization of decided.authorizations.values()) {
      this.authorizations.forget(authorization.id);
      if (isOpen(authorization)) this.learnAuthorization(authorization);
    }
    this.trim();
  }

  /**
   * Takes over what was read without locks. What is cached goes first: it may be ahead of what is stored.
   *
   * @param batch the last batch that had ended when the reading began
   */
  learnFilled({ accounts, versions, windows, authorizations, closed, absent, now }: Filled, batch: number): void {
    for (const [key, state] of accounts) if (!this.entries.has(key)) this.learnAccount(state, now);
    for (const window of windows) this.learnWindow(window, versions.get(window.accountKey) ?? -1n);
    const isTrue = (id: string): boolean => {
      const entry = this.entries.get(accountKeyOf(id));
      const readAt = versions.get(accountKeyOf(id)) ?? -1n;
      return entry !== undefined && readAt >= entry.readAt && !this.isGone(id, batch) && !this.knowsAuthorization(id);
    };
    for (const [id, authorization] of authorizations) {
      if (!isTrue(id)) continue;
      this.learnAuthorization(authorization);
      if (closed.has(id)) this.authorizations.closed.add(id);
    }
    for (const id of absent) if (isTrue(id)) this.noteAbsent(id);
    this.trim();
  }

  /**
   * Called after decisions on what is cached: takes in what they have made, and lets go of what they have closed.
   *
   * @param batch the number of the batch that was decided
   */
  follow({ accounts, grants, counters, commitments, authorizations }: Changes, now: number, batch: number): void {
    for (const { account } of accounts.updated) this.markUsed(account.key, now);
    for (const grant of grants.created) {
      const entry = this.entries.get(grant.accountKey);
      if (entry) noteGrant(entry, grant, now);
    }
    this.authorizations.follow(authorizations, batch);
    this.windows.follow(counters, batch);
    const grown = new Set([...accounts.updated].map(({ account }) => account.key));
    for (const { accountKey } of [...grants.created, ...counters.created, ...commitments.created])
      grown.add(accountKey);
    for (const key of grown) this.weigh(key);
    this.trim();
  }

  /** Ids that no authorization has are cached for one decision only. */
  forgetAbsent(ids: readonly string[]): void {
    for (const id of ids) this.entries.get(accountKeyOf(id))?.absent?.delete(id);
  }

  /** Called when a batch has failed, or may have: what it changed in memory isn't what is stored. */
  forget(keys: readonly AccountKey[]): void {
    for (const key of keys) {
      const entry = this.entries.get(key);
      if (!entry) continue;
      this.forgetAccount(entry);
      this.windows.forgetAllOf(entry.state.counters);
      this.authorizations.forgetAllOf(key);
    }
  }

  private learnAccount(state: AccountState, now: number): void {
    const { key } = state.account;
    const earlier = this.entries.get(key);
    if (earlier) {
      // Whoever has just read the account has closed its lapsed authorizations.
      const earliest = earlier.state.holdExpiries.earliest();
      const time = now + aheadMsOf(state);
      if (earliest !== null && time >= earliest) this.authorizations.forgetLapsed(key, time);
      this.forgetAccount(earlier);
      keepCounters(earlier.state, state, this.authorizations.of(key));
    }
    this.learnWindowsOf(state, earlier?.state);
    const entry = entryOf(state, now);
    this.entries.set(key, entry);
    this.state.accounts.set(key, state);
    for (const grant of state.grants) this.state.grants.set(grant.id, grant);
    this.weight += entry.weight;
  }

  private forgetAccount({ state, weight }: CacheEntry): void {
    this.entries.delete(state.account.key);
    this.state.accounts.delete(state.account.key);
    for (const { id } of state.grants) this.state.grants.delete(id);
    this.weight -= weight;
  }

  /** The windows by value of an account that was learned anew: those that were loaded, and those that were cached before. */
  private learnWindowsOf({ counters }: AccountState, earlier: AccountState | undefined): void {
    for (const window of counters.byValue()) {
      const before = earlier?.counters.startingAt(window.counter, window.windowStart);
      if (before) this.windows.forget(before);
      this.windows.learn(window);
    }
    if (earlier) counters.takeOverByValue(earlier.counters);
  }

  /** A window that isn't cached was changed by nobody since its account was read. @param version the account's, when it was read */
  private learnWindow(window: Counter, version: bigint): void {
    const entry = this.entries.get(window.accountKey);
    if (!entry || version < entry.readAt) return;
    const { counters } = entry.state;
    if (counters.startingAt(window.counter, window.windowStart)) return;
    counters.add(window);
    if (isByValue(window)) this.windows.learn(window);
    this.weigh(window.accountKey);
  }

  /** Whether all windows are cached in which a cached authorization has reserved or used something. Those by value may have been dropped. */
  private hasWindowsOf(id: string): boolean {
    const { reservations = [] } = this.state.authorizations.get(id) ?? {};
    if (reservations.length === 0) return true;
    const counters = this.state.accounts.get(accountKeyOf(id))?.counters;
    return reservations.every(({ counter, windowStart }) => counters?.startingAt(counter, windowStart) !== undefined);
  }

  private learnAuthorization(authorization: Authorization): void {
    const { id, pricing } = authorization;
    const key = accountKeyOf(id);
    if (!this.entries.has(key)) return;
    const overrides = pricing?.price?.overrides;
    if (overrides) shareOverrides(authorization, this.overridesOf(key, overrides.version));
    this.authorizations.learn(authorization);
  }

  private noteAbsent(id: string): void {
    const entry = this.entries.get(accountKeyOf(id));
    if (entry) (entry.absent ??= new Set()).add(id);
  }

  /** Last in a map is what was used last, and the last to be forgotten. */
  private markUsed(key: AccountKey, now: number): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.decidedAt = now;
    this.entries.delete(key);
    this.entries.set(key, entry);
  }

  private weigh(key: AccountKey): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    const weight = weightOf(entry.state);
    this.weight += weight - entry.weight;
    entry.weight = weight;
  }

  private trim(): void {
    for (const key of this.entries.keys()) {
      if (this.weight <= this.weightMax) break;
      if (!this.isInFlight(key)) this.forget([key]);
    }
    this.authorizations.trim();
    for (const window of this.windows.trim(this.ended)) {
      this.entries.get(window.accountKey)?.state.counters.discard(window);
    }
  }
}

function isUnspent({ remaining }: Grant): boolean {
  return !remaining.isZero();
}

import {
  accountKeyOf,
  hasLapsed,
  hasShortfall,
  isOpen,
  periodOf,
  runningPeriod,
  type AccountKey,
  type AccountState,
  type Authorization,
  type Changes,
  type Counter,
  type Grant,
  type LedgerState,
  type Needs,
} from '#ledger';
import { NO_STORE_RULES, type StoreRules } from '../prices/price-source.ts';
import { bytesOf } from './bytes-of.ts';
import type { Filled } from './filled.ts';

/** Accounts, grants and counters together. A grant may carry 16 KiB of metadata, though most carry next to none. */
const WEIGHT_MAX = 50_000;
/** What the authorizations that are remembered may take in memory, roughly. */
const AUTHORIZATION_BYTES_MAX = 32 * 1024 * 1024;

interface Entry {
  readonly state: AccountState;
  /** The version at which it was read. What was read at an earlier one says nothing about it. */
  readonly readAt: bigint;
  /** Which of its authorizations are cached. Not all of them need be. */
  readonly authorizations: Set<string>;
  /** Ids that were looked for and belong to no authorization; `null` for none, as for most accounts. */
  absent: Set<string> | null;
  /**
   * From this instant on, in real time, a grant has come into effect or has expired, and the sums are no longer true. Where
   * the account's test clock is advanced, it is sooner: a guard compares the clocks.
   */
  grantsHoldUntil: number;
  /** When it was last decided on, in real time; nothing is decided as of an earlier instant. */
  decidedAt: number;
}

/**
 * The accounts that a lane has decided on lately, as its decisions have left them. On them the lane decides the next batch
 * while the last one is still being written, and an account with a thousand grants isn't loaded for every decision.
 *
 * The cache affects what a decision costs, never what it is: an account's version, which every write moves, is compared under
 * the account's lock before anything is written. Whatever a failed batch has changed is to be forgotten.
 */
export class AccountCache {
  /** All that is cached, in one piece. Decisions change it in place. */
  readonly state: LedgerState = {
    accounts: new Map(),
    authorizations: new Map(),
    grants: new Map(),
    testClocks: new Map(),
    declined: new Map(),
  };
  /** Those of the cached authorizations that were closed when they were read: their rows stand in another table. */
  readonly closed = new Set<string>();
  private readonly entries = new Map<AccountKey, Entry>();
  private readonly bytes = new Map<string, number>();
  /** Authorizations that are cached no more, and the last batch that may have changed them; see {@link isGone}. */
  private readonly gone = new Map<string, number>();
  private lastBatch = 0;
  private weight = 0;
  private bytesTotal = 0;

  /**
   * @param rules what holds for all accounts
   * @param isInFlight whether batches that change an account are on their way; then it stays cached
   * @param weightMax how many accounts, grants and counters to cache at most; those used longest ago go first
   */
  constructor(
    readonly rules: StoreRules = NO_STORE_RULES,
    private readonly isInFlight: (key: AccountKey) => boolean = () => false,
    private readonly weightMax = WEIGHT_MAX,
  ) {}

  /** For each account the version at which it is cached; `null` where it isn't. */
  versionsOf(keys: readonly AccountKey[]): (string | null)[] {
    return keys.map((key) => this.entries.get(key)?.state.ids.version.toString() ?? null);
  }

  /** The account's open grants; `null` where it isn't cached at this version. */
  grantsOf(key: AccountKey, version: bigint): readonly Grant[] | null {
    const entry = this.entries.get(key);
    return entry?.state.ids.version === version ? entry.state.grants.filter(isUnspent) : null;
  }

  has(key: AccountKey): boolean {
    return this.entries.has(key);
  }

  /** Whether everything is cached that a decision needs at that real time. */
  covers(needs: Needs, now: number): boolean {
    const { accounts, authorizations, rateCards } = needs;
    return (
      accounts.every((key) => this.holdsAt(key, now) && this.knowsPricesOf(key, now)) &&
      authorizations.every((id) => this.knowsAuthorization(id) && this.knowsPriceOf(id) && !this.landsLate(id)) &&
      rateCards.every((card) => this.knowsCard(card, now, now))
    );
  }

  private knowsPricesOf(key: AccountKey, now: number): boolean {
    const state = this.state.accounts.get(key);
    const card = state?.account.terms.rateCard ?? null;
    return !state || card === null || this.knowsCard(card, now + aheadMsOf(state), now);
  }

  private knowsCard(card: string, at: number, now: number): boolean {
    const { prices } = this.rules;
    const version = prices.versionAt(card, at, now);
    return version !== null && prices.prices(card, version) !== null;
  }

  /** Whether the prices are in memory that an authorization is priced by. */
  private knowsPriceOf(id: string): boolean {
    const price = this.state.authorizations.get(id)?.pricing?.price;
    return !price || this.rules.prices.prices(price.card, price.version) !== null;
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

  /**
   * Whether this authorization was closed, or dropped from the cache, by a batch behind the given one. What is read while
   * that batch is in flight doesn't say yet what it has left.
   */
  isGone(id: string, batch: number): boolean {
    return (this.gone.get(id) ?? 0) > batch;
  }

  /** Called when every batch up to this one has ended, and nobody still reads what was there before. */
  batchesEnded(batch: number): void {
    for (const [id, last] of this.gone) {
      if (last > batch) break;
      this.gone.delete(id);
    }
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
      this.forgetAuthorization(authorization.id);
      if (isOpen(authorization)) this.learnAuthorization(authorization);
    }
    this.trim();
  }

  /**
   * Takes over what was read without locks. What is cached goes first: it may be ahead of what is stored.
   *
   * @param batch the last batch that had ended when the reading began
   */
  learnFilled(
    { accounts, versions, closedCounters, authorizations, closed, absent, now }: Filled,
    batch: number,
  ): void {
    for (const [key, state] of accounts) if (!this.entries.has(key)) this.learnAccount(state, now);
    for (const counter of closedCounters) this.learnCounter(counter, versions.get(counter.accountKey) ?? -1n);
    const isTrue = (id: string): boolean => {
      const entry = this.entries.get(accountKeyOf(id));
      const readAt = versions.get(accountKeyOf(id)) ?? -1n;
      return entry !== undefined && readAt >= entry.readAt && !this.isGone(id, batch) && !this.knowsAuthorization(id);
    };
    for (const [id, authorization] of authorizations) {
      if (!isTrue(id)) continue;
      this.learnAuthorization(authorization);
      if (closed.has(id)) this.closed.add(id);
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
    this.lastBatch = batch;
    for (const { account } of accounts.updated) this.markUsed(account.key, now);
    for (const grant of grants.created) this.heedGrant(grant, now);
    for (const { accountKey } of [...counters.created, ...commitments.created]) {
      if (this.entries.has(accountKey)) this.weight += 1;
    }
    // The decisions have entered it already; it counts from here on.
    for (const authorization of authorizations.created) {
      this.state.authorizations.delete(authorization.id);
      if (isOpen(authorization)) this.learnAuthorization(authorization);
    }
    for (const authorization of authorizations.updated) {
      this.forgetAuthorization(authorization.id);
      if (isOpen(authorization)) this.learnAuthorization(authorization);
      else this.noteGone(authorization.id);
    }
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
      for (const id of entry.authorizations) this.forgetAuthorization(id);
    }
  }

  private learnAccount(state: AccountState, now: number): void {
    const { key } = state.account;
    const earlier = this.entries.get(key);
    if (earlier) {
      this.forgetLapsed(earlier, now + aheadMsOf(state));
      this.forgetAccount(earlier);
      keepCounters(earlier.state, state);
    }
    this.entries.set(key, {
      state,
      readAt: state.ids.version,
      authorizations: earlier?.authorizations ?? new Set(),
      absent: null,
      grantsHoldUntil: nextChange(state.grants, now + aheadMsOf(state)) - aheadMsOf(state),
      decidedAt: now,
    });
    this.state.accounts.set(key, state);
    for (const grant of state.grants) this.state.grants.set(grant.id, grant);
    this.weight += weightOf(state);
  }

  private forgetAccount({ state }: Entry): void {
    this.entries.delete(state.account.key);
    this.state.accounts.delete(state.account.key);
    for (const { id } of state.grants) this.state.grants.delete(id);
    this.weight -= weightOf(state);
  }

  /** A grant that was made on the cached account may come into effect, or expire, before all others. */
  private heedGrant(grant: Grant, now: number): void {
    const entry = this.entries.get(grant.accountKey);
    if (!entry) return;
    const ahead = aheadMsOf(entry.state);
    entry.grantsHoldUntil = Math.min(entry.grantsHoldUntil, nextChange([grant], now + ahead) - ahead);
    this.weight += 1;
  }

  /** A window that isn't cached was changed by nobody since its account was read. @param version the account's, when it was read */
  private learnCounter(counter: Counter, version: bigint): void {
    const entry = this.entries.get(counter.accountKey);
    if (!entry || version < entry.readAt) return;
    const { counters } = entry.state;
    if (counters.startingAt(counter.counter, counter.windowStart)) return;
    counters.add(counter);
    this.weight += 1;
  }

  private learnAuthorization(authorization: Authorization): void {
    const { id } = authorization;
    const entry = this.entries.get(accountKeyOf(id));
    if (!entry) return;
    this.state.authorizations.set(id, authorization);
    entry.authorizations.add(id);
    const bytes = bytesOf(authorization);
    this.bytes.set(id, bytes);
    this.bytesTotal += bytes;
  }

  private forgetAuthorization(id: string): void {
    const bytes = this.bytes.get(id);
    if (bytes === undefined) return;
    this.state.authorizations.delete(id);
    this.entries.get(accountKeyOf(id))?.authorizations.delete(id);
    this.closed.delete(id);
    this.bytes.delete(id);
    this.bytesTotal -= bytes;
  }

  private noteAbsent(id: string): void {
    const entry = this.entries.get(accountKeyOf(id));
    if (entry) (entry.absent ??= new Set()).add(id);
  }

  private noteGone(id: string): void {
    this.gone.delete(id);
    this.gone.set(id, this.lastBatch);
  }

  /** Whoever has just read the account has closed its lapsed authorizations. @param now by the account's clock */
  private forgetLapsed({ state, authorizations }: Entry, now: number): void {
    const earliest = state.holdExpiries.earliest();
    if (earliest === null || now < earliest) return;
    for (const id of authorizations) {
      const authorization = this.state.authorizations.get(id);
      if (authorization && hasLapsed(authorization, now)) this.forgetAuthorization(id);
    }
  }

  /** Last in a map is what was used last, and the last to be forgotten. */
  private markUsed(key: AccountKey, now: number): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.decidedAt = now;
    this.entries.delete(key);
    this.entries.set(key, entry);
  }

  private trim(): void {
    for (const key of this.entries.keys()) {
      if (this.weight <= this.weightMax) break;
      if (!this.isInFlight(key)) this.forget([key]);
    }
    for (const id of this.bytes.keys()) {
      if (this.bytesTotal <= AUTHORIZATION_BYTES_MAX) break;
      this.forgetAuthorization(id);
      this.noteGone(id);
    }
  }
}

/** Closed windows aren't read again with the account, but authorizations that stay cached may still be counted in them. */
function keepCounters(earlier: AccountState, { counters }: AccountState): void {
  for (const window of earlier.counters.all()) {
    if (!counters.startingAt(window.counter, window.windowStart)) counters.add(window);
  }
}

function isTrueAt(entry: Entry, now: number): boolean {
  return entry.decidedAt <= now && now < endOf(entry);
}

/** Until when, in real time, it is true. */
function endOf({ state, grantsHoldUntil }: Entry): number {
  const nextExpiry = state.holdExpiries.earliest() ?? Number.POSITIVE_INFINITY;
  const periodEnd = runningPeriod(state.commitments)?.end ?? Number.POSITIVE_INFINITY;
  return Math.min(grantsHoldUntil, Math.min(nextExpiry, periodEnd) - aheadMsOf(state));
}

function aheadMsOf({ account }: AccountState): number {
  return account.testClock?.aheadMs ?? 0;
}

function isUnspent({ remaining }: Grant): boolean {
  return !remaining.isZero();
}

function nextChange(grants: readonly Grant[], now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { effectiveAt, expiresAt } of grants) {
    if (effectiveAt > now) next = Math.min(next, effectiveAt);
    if (expiresAt !== null && expiresAt > now) next = Math.min(next, expiresAt);
  }
  return next;
}

function weightOf({ grants, counters, commitments }: AccountState): number {
  return 1 + grants.length + counters.size + commitments.length;
}

import {
  accountKeyOf,
  hasLapsed,
  isOpen,
  NO_RULES,
  type AccountKey,
  type AccountState,
  type Authorization,
  type Changes,
  type Grant,
  type LedgerRules,
  type LedgerState,
} from '#ledger';
import { sizeOf } from './size-of.ts';

/** Accounts and grants together. A grant may carry 16 KiB of metadata, though most carry next to none. */
const WEIGHT_MAX = 50_000;
/** What the open authorizations that are remembered may take in memory, roughly. */
const AUTHORIZATION_BYTES_MAX = 32 * 1024 * 1024;
/** An authorization without what its request said. */
const AUTHORIZATION_BYTES = 1500;

interface Known {
  readonly state: AccountState;
  /** Which of its open authorizations are known. Not all of them need be. */
  readonly authorizations: Set<string>;
  /**
   * From this instant on, in real time, a grant has come into effect or is over, and the sums are no longer true. Where the
   * account's clock is advanced, it is sooner: whoever writes compares the clocks.
   */
  readonly grantsHoldUntil: number;
  /** When it was last decided on, in real time; nothing is decided as of an earlier instant. */
  decidedAt: number;
}

/**
 * The accounts that a lane has just decided on, as its decisions have left them. With it the lane decides the next batch
 * while the last one is still being written, and an account with a thousand grants isn't loaded for every decision.
 *
 * What it knows affects what a decision costs, never what it is: an account's clock, which every write moves, is compared
 * under the account's lock before anything is written. Whatever a failed batch has touched is to be forgotten.
 */
export class KnownAccounts {
  /** All that is known, in one piece. Decisions change it in place. */
  readonly state: LedgerState = {
    accounts: new Map(),
    authorizations: new Map(),
    grants: new Map(),
    clocks: new Map(),
    declined: new Map(),
  };
  private readonly known = new Map<AccountKey, Known>();
  private weight = 0;
  private authorizationBytes = 0;

  /**
   * @param owns whether an account is this lane's: what other lanes change all the time isn't worth knowing
   * @param rules what holds for all accounts
   * @param weightMax how many accounts and grants to know at most; those used longest ago are forgotten first
   */
  constructor(
    private readonly owns: (key: AccountKey) => boolean,
    readonly rules: LedgerRules = NO_RULES,
    private readonly weightMax = WEIGHT_MAX,
  ) {}

  /** For each account the clock at which it is known; `null` where it isn't. */
  stampsOf(keys: readonly AccountKey[]): (string | null)[] {
    return keys.map((key) => this.known.get(key)?.state.ids.lastStamp.toString() ?? null);
  }

  /** The account's open grants; `null` where the account has moved on since. */
  grantsOf(key: AccountKey, stamp: bigint): readonly Grant[] | null {
    const known = this.known.get(key);
    return known?.state.ids.lastStamp === stamp ? known.state.grants.filter(isUnspent) : null;
  }

  /** Whether what is known of the account holds at that real time. */
  holdsAt(key: AccountKey, now: number): boolean {
    return (this.known.get(key)?.decidedAt ?? Number.POSITIVE_INFINITY) <= now && now < this.holdsUntil(key);
  }

  /** From when on, in real time, time alone changes something about the account. */
  holdsUntil(key: AccountKey): number {
    const known = this.known.get(key);
    if (!known) return Number.NEGATIVE_INFINITY;
    const nextHoldExpiry = known.state.holdExpiries.earliest();
    if (nextHoldExpiry === null) return known.grantsHoldUntil;
    return Math.min(known.grantsHoldUntil, nextHoldExpiry - aheadMsOf(known.state));
  }

  /** Called with accounts as they were just loaded: of one that somebody else has changed, nothing known is true. */
  compare(loaded: LedgerState): void {
    for (const [key, { ids }] of loaded.accounts) {
      if (this.known.get(key)?.state.ids.lastStamp !== ids.lastStamp) this.forget([key]);
    }
  }

  /** Takes over what a batch has loaded and decided, once it is durable. */
  learn(decided: LedgerState, now: number): void {
    for (const state of decided.accounts.values()) this.learnAccount(state, now);
    for (const authorization of decided.authorizations.values()) this.learnAuthorization(authorization);
    this.trim();
  }

  /** Called after decisions on what is known: takes in what they have made, and lets go of what they have closed. */
  follow({ updatedAccounts, createdAuthorizations, updatedAuthorizations }: Changes, now: number): void {
    for (const { account } of updatedAccounts) this.markUsed(account.key, now);
    // The decisions have entered it already; it counts from here on.
    for (const authorization of createdAuthorizations) {
      this.state.authorizations.delete(authorization.id);
      this.learnAuthorization(authorization);
    }
    for (const authorization of updatedAuthorizations) {
      if (!isOpen(authorization)) this.forgetAuthorization(authorization.id);
    }
    this.trim();
  }

  /** Called when a batch has failed, or may have: what it changed in memory isn't what is stored. */
  forget(keys: readonly AccountKey[]): void {
    for (const key of keys) {
      const known = this.known.get(key);
      if (!known) continue;
      this.forgetAccount(known);
      for (const id of known.authorizations) this.forgetAuthorization(id);
    }
  }

  private learnAccount(state: AccountState, now: number): void {
    const { key } = state.account;
    if (!this.owns(key)) return;
    const earlier = this.known.get(key);
    if (earlier) {
      this.forgetLapsed(earlier, now + aheadMsOf(state));
      this.forgetAccount(earlier);
    }
    this.known.set(key, {
      state,
      authorizations: earlier?.authorizations ?? new Set(),
      grantsHoldUntil: nextChange(state.grants, now + aheadMsOf(state)) - aheadMsOf(state),
      decidedAt: now,
    });
    this.state.accounts.set(key, state);
    for (const grant of state.grants) this.state.grants.set(grant.id, grant);
    this.weight += weightOf(state);
  }

  private forgetAccount({ state }: Known): void {
    this.known.delete(state.account.key);
    this.state.accounts.delete(state.account.key);
    for (const { id } of state.grants) this.state.grants.delete(id);
    this.weight -= weightOf(state);
  }

  private learnAuthorization(authorization: Authorization): void {
    const known = this.known.get(accountKeyOf(authorization.id));
    this.forgetAuthorization(authorization.id);
    if (!known || !isOpen(authorization)) return;
    this.state.authorizations.set(authorization.id, authorization);
    known.authorizations.add(authorization.id);
    this.authorizationBytes += bytesOf(authorization);
  }

  private forgetAuthorization(id: string): void {
    const authorization = this.state.authorizations.get(id);
    if (!authorization) return;
    this.state.authorizations.delete(id);
    this.known.get(accountKeyOf(id))?.authorizations.delete(id);
    this.authorizationBytes -= bytesOf(authorization);
  }

  /** Whoever has just read the account has closed its lapsed authorizations. @param now by the account's clock */
  private forgetLapsed({ state, authorizations }: Known, now: number): void {
    const nextHoldExpiry = state.holdExpiries.earliest();
    if (nextHoldExpiry === null || now < nextHoldExpiry) return;
    for (const id of authorizations) {
      const authorization = this.state.authorizations.get(id);
      if (authorization && hasLapsed(authorization, now)) this.forgetAuthorization(id);
    }
  }

  /** Last in a map is what was used last, and the last to be forgotten. */
  private markUsed(key: AccountKey, now: number): void {
    const known = this.known.get(key);
    if (!known) return;
    known.decidedAt = now;
    this.known.delete(key);
    this.known.set(key, known);
  }

  private trim(): void {
    for (const key of this.known.keys()) {
      if (this.weight <= this.weightMax) break;
      this.forget([key]);
    }
    for (const authorization of this.state.authorizations.values()) {
      if (this.authorizationBytes <= AUTHORIZATION_BYTES_MAX) break;
      this.forgetAuthorization(authorization.id);
    }
  }
}

function aheadMsOf({ account }: AccountState): number {
  return account.clock?.aheadMs ?? 0;
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

function weightOf({ grants }: AccountState): number {
  return 1 + grants.length;
}

function bytesOf({ usage, tags, metadata }: Authorization): number {
  return AUTHORIZATION_BYTES + sizeOf(usage) + sizeOf(tags) + sizeOf(metadata);
}

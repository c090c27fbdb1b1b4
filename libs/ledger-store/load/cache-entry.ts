import { nextRefillAt, runningPeriod, type AccountState, type Grant } from '#ledger';
import { bytesOfOverrides } from './bytes-of.ts';

/** What one counts for in what an account weighs: about a grant, a recurring grant, a top-up rule or a plan. */
const BYTES_OF_ONE = 1024;
/** So many windows of counters, budgets or restraints take as much room as an account or a grant. */
const SMALL_ONES = 3;

/** An account in the cache. */
export interface CacheEntry {
  readonly state: AccountState;
  /** The version at which it was read. What was read at an earlier one says nothing about it. */
  readonly readAt: bigint;
  /** Ids that were looked for and belong to no authorization; `null` for none, as for most accounts. */
  absent: Set<string> | null;
  /**
   * From this instant on, in real time, a grant has come into effect or has expired, and the sums are no longer true. Where
   * the account's test clock is advanced, it is sooner: a guard compares the clocks.
   */
  grantsHoldUntil: number;
  /** When it was last decided on, in real time; nothing is decided as of an earlier instant. */
  decidedAt: number;
  weight: number;
}

/** An account as it was just read or decided at that real time. */
export function entryOf(state: AccountState, now: number): CacheEntry {
  return {
    state,
    readAt: state.ids.version,
    absent: null,
    grantsHoldUntil: nextChange(state.grants, now + aheadMsOf(state)) - aheadMsOf(state),
    decidedAt: now,
    weight: weightOf(state),
  };
}

export function isTrueAt(entry: CacheEntry, now: number): boolean {
  return entry.decidedAt <= now && now < endOf(entry);
}

/** Until when, in real time, it is true. */
export function endOf({ state, grantsHoldUntil }: CacheEntry): number {
  const nextExpiry = state.holdExpiries.earliest() ?? Number.POSITIVE_INFINITY;
  const periodEnd = runningPeriod(state.commitments)?.end ?? Number.POSITIVE_INFINITY;
  const nextRefill = nextRefillAt(state.refills) ?? Number.POSITIVE_INFINITY;
  return Math.min(grantsHoldUntil, Math.min(nextExpiry, periodEnd, nextRefill) - aheadMsOf(state));
}

/** A grant that was made on the cached account may come into effect, or expire, before all others. */
export function noteGrant(entry: CacheEntry, grant: Grant, now: number): void {
  const ahead = aheadMsOf(entry.state);
  entry.grantsHoldUntil = Math.min(entry.grantsHoldUntil, nextChange([grant], now + ahead) - ahead);
}

export function aheadMsOf({ account }: AccountState): number {
  return account.testClock?.aheadMs ?? 0;
}

export function weightOf({ account, grants, counters, commitments, refills }: AccountState): number {
  const overrides = Math.ceil(bytesOfOverrides(account.terms.overrides) / BYTES_OF_ONE);
  const { budgets, restraints } = account;
  const small = Math.ceil((counters.size + budgets.length + restraints.length) / SMALL_ONES);
  const { recurring, autoTopup, plan } = refills;
  const refilled = recurring.length + Number(autoTopup !== null) + Number(plan !== null);
  return 1 + grants.length + commitments.length + refilled + small + overrides;
}

function nextChange(grants: readonly Grant[], now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { effectiveAt, expiresAt } of grants) {
    if (effectiveAt > now) next = Math.min(next, effectiveAt);
    if (expiresAt !== null && expiresAt > now) next = Math.min(next, expiresAt);
  }
  return next;
}

import type { Account } from './account.ts';
import type { Entering } from './alerts.ts';
import { type Amount, ZERO } from '#amounts';
import type { Authorization } from './authorization.ts';
import type { Balance } from './balance.ts';
import { compareBurnDown } from './burn-down.ts';
import type { CommitmentPeriod } from './commitments.ts';
import { Counters } from './counters.ts';
import type { Grant } from './grant.ts';
import { withLifetime } from './hold-lifetime.ts';
import type { HoldExpiries } from './hold-expiries.ts';
import type { IdGenerator } from './id-generator.ts';
import type { AccountKey } from './ids.ts';
import { NO_REFILLS, type Refills } from './refills.ts';
import type { Purchase } from './purchases.ts';
import type { TestClock } from './test-clock.ts';

/** One account under its lock: everything a decision about it needs, and the running sums. */
export interface AccountState {
  readonly account: Account;
  readonly ids: IdGenerator;
  /** Every grant with something remaining, in burn-down order. */
  readonly grants: Grant[];
  /** Grants before this index have nothing free: all of them is pinned or spent. Looking for credits begins here. */
  freeFrom: number;
  posted: Amount;
  held: Amount;
  readonly holdExpiries: HoldExpiries;
  /** What it has used and reserved of what is counted over a period. */
  readonly counters: Counters;
  /** The periods of its commitment, the first one first. */
  readonly commitments: CommitmentPeriod[];
  refills: Refills;
  /** How many authorizations are open; counted only where there is a bound to how many may be. */
  openHolds: number;
  /** The balance that the observers have seen last, see `observeBalances`. */
  observed: Balance;
  /** Grants that have come into effect, and that the alerts haven't looked at yet. */
  entering: Entering | null;
}

/** What was loaded for a batch of commands. Decisions change it in place; a batch that fails throws it away whole. */
export interface LedgerState {
  readonly accounts: Map<AccountKey, AccountState>;
  readonly authorizations: Map<string, Authorization>;
  /** Grants by id: the accounts' open ones, and closed ones that a command names or a refund may credit. */
  readonly grants: Map<string, Grant>;
  /** Those that commands name, and those under way that they need. */
  readonly purchases: Map<string, Purchase>;
  /** By environment, the test clock that accounts get which are made now; `live` has none. */
  readonly testClocks: ReadonlyMap<string, TestClock>;
  /** What was declined in minutes that have passed and wasn't reported yet, of the accounts to sweep. */
  readonly declined: ReadonlyMap<AccountKey, readonly DeclinedMinute[]>;
}

export interface DeclinedMinute {
  readonly accountKey: AccountKey;
  /** When it began, in real time, in milliseconds since 1970. */
  readonly minute: number;
  readonly requests: number;
}

/** Puts an account's rows together; the sums hold for `now`, by the account's clock, and as long as time stands still. */
export function accountState(
  account: Account,
  ids: IdGenerator,
  grants: readonly Grant[],
  {
    holdExpiries,
    openHolds,
    counters = Counters.none(),
    commitments = [],
    refills = NO_REFILLS,
  }: Pick<AccountState, 'holdExpiries' | 'openHolds'> &
    Partial<Pick<AccountState, 'counters' | 'commitments' | 'refills'>>,
  now: number,
): AccountState {
  const inEffect = grants.filter(({ effectiveAt }) => effectiveAt <= now);
  const sum = (pick: (grant: Grant) => Amount): Amount =>
    inEffect.reduce((total, grant) => total.plus(pick(grant)), ZERO);
  // A grant that expired or was voided has nothing remaining but what holds pin, once `settle` has booked it.
  const posted = sum(({ remaining }) => remaining).minus(account.debt);
  const held = sum((grant) => grant.held).plus(account.overdraftHeld);
  const unseen = sum(({ remaining, entered }) => (entered ? ZERO : remaining));
  return {
    account,
    ids,
    grants: grants.toSorted(compareBurnDown),
    freeFrom: 0,
    posted,
    held,
    holdExpiries,
    counters,
    commitments,
    refills,
    openHolds,
    observed: { posted: posted.minus(unseen), held },
    entering: null,
  };
}

/** Enters a grant that wasn't among the account's open ones, at its place in burn-down order. */
export function enterGrant(account: AccountState, grant: Grant): void {
  const { grants } = account;
  let from = 0;
  let to = grants.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = grants[middle];
    if (other && compareBurnDown(other, grant) < 0) from = middle + 1;
    else to = middle;
  }
  grants.splice(from, 0, grant);
  account.freeFrom = 0;
}

/** An authorization is open from now on. */
export function holdOpened(account: AccountState, id: string, expiresAt: number): void {
  account.openHolds += 1;
  account.holdExpiries.add(id, expiresAt);
}

/** An open authorization was committed or voided. @param lifetimeMs how long it has held */
export function holdSettled(account: AccountState, id: string, lifetimeMs: number): void {
  holdForgotten(account, id);
  noteLifetime(account, lifetimeMs);
}

/** A hold has settled, or lapsed. */
export function noteLifetime({ account }: AccountState, lifetimeMs: number): void {
  account.holdLifetimeMs = withLifetime(account.holdLifetimeMs, lifetimeMs);
}

/** An open authorization was taken back, as if it had never been. */
export function holdForgotten(account: AccountState, id: string): void {
  account.openHolds -= 1;
  account.holdExpiries.remove(id);
}

export function balanceOf(state: AccountState): Balance {
  return { posted: state.posted, held: state.held };
}

import {
  accountKeyOf,
  accountState,
  Counters,
  isOpen,
  OPEN_HOLDS_RULE_MAX,
  type Account,
  type AccountKey,
  type Authorization,
  type Grant,
  type Lapsed,
  type LedgerRules,
  type LedgerState,
  type Needs,
  type TestClock,
} from '#ledger';
import type { PoolClient } from '#database';
import type { Statement } from '../statement.ts';
import { refillsFromRow, type AccountRefillsRow } from '../tables/account-refills.ts';
import { accountFromRow, type AccountRow } from '../tables/accounts.ts';
import { authorizationFromClosed, type ClosedAuthorizationRow } from '../tables/authorizations.ts';
import { commitmentPeriodFromRow, type CommitmentPeriodRow } from '../tables/commitment-periods.ts';
import { counterFromRow, type CounterRow } from '../tables/counters.ts';
import { declinedFromRows, type DeclinedRow } from '../tables/declines.ts';
import { grantFromRow, type GrantRow } from '../tables/grants.ts';
import { authorizationFromHold, type HoldRow } from '../tables/holds.ts';
import { purchaseFromRow, type PurchaseRow } from '../tables/purchases.ts';
import type { AccountCache } from './account-cache.ts';
import { loadCommitments } from './commitment-statements.ts';
import { loadPurchases } from './purchase-statements.ts';
import { loadRefills } from './refill-statements.ts';
import { expiriesFromRow } from './first-holds.ts';
import { findLapsedHolds, lapsedFromRows, moveLapsedHolds, type ClockRow, type FirstHoldsRow } from './lapsed-holds.ts';
import { rowsOf } from './rows-of.ts';
import { sharedOf } from './shared-overrides.ts';
import { findCurrentClocks, testClockFromRow, type TestClockRow } from './test-clock-statements.ts';
import { completeAuthorizations } from './usage-statements.ts';
import { loadWindows, unknownWindows } from './window-statements.ts';
import {
  findAccounts,
  findClosedAuthorizations,
  findClosedCounters,
  findDeclined,
  findGrants,
  findHolds,
  findChangedGrants,
  findOpenCounters,
  findOpenGrants,
  findRefundableGrants,
  lockAccounts,
} from './statements.ts';

export interface LoadedState {
  readonly state: LedgerState;
  /** Real time, in milliseconds since 1970, by the database's clock. */
  readonly realNow: number;
  /** Authorizations that were closed when they were read: their row stands in another table than an open one's. */
  readonly closed: ReadonlySet<string>;
  /**
   * What the accounts' lapsed holds have let go. In the accounts and grants it still counts as held. If it is only a part,
   * because more have lapsed than are moved at once, nothing may be decided before the others are moved too.
   */
  readonly lapsed: Lapsed;
}

/**
 * Reads everything that decisions about these accounts need. With a cache, it takes the accounts' locks first, to be kept
 * until the transaction ends, leaves out the grants that are cached, and moves holds that have lapsed to where closed
 * authorizations stand; without, it locks and changes nothing, and the caller must be in a transaction with one snapshot.
 * The statements go out together where the client pipelines.
 */
export async function loadState(client: PoolClient, needs: Needs, cache: AccountCache | null): Promise<LoadedState> {
  const { accounts: keys, authorizations: ids } = needs;
  const questions = { clocks: needs.testClocks.length > 0, countMax: cache ? countMaxOf(cache.rules) : 0 };
  const rows = <Row extends object>(statement: Statement): Promise<Row[]> => rowsOf<Row>(client, statement);
  const [accounts, clock, openGrants, closedGrants, counters, holds, currentClocks, declined, purchased] =
    await Promise.all([
      rows<AccountRow>(cache ? lockAccounts(keys) : findAccounts(keys)),
      rows<ClockRow>(cache ? moveLapsedHolds(keys, questions) : findLapsedHolds(keys, questions)),
      rows<GrantRow>(cache ? findChangedGrants(keys, cache.versionsOf(keys)) : findOpenGrants(keys)),
      loadClosedGrants(client, needs),
      loadCounters(client, keys, ids),
      ids.length > 0 ? rows<HoldRow>(findHolds(ids.map(accountKeyOf), ids)) : [],
      cache && questions.clocks ? rows<TestClockRow>(findCurrentClocks(needs.testClocks)) : [],
      cache && needs.sweeps.length > 0 ? rows<DeclinedRow>(findDeclined(needs.sweeps)) : [],
      loadPurchases(client, needs),
    ]);
  const authorizations = new Map(holds.map((row) => [row.id, authorizationFromHold(row)]));
  const missing = ids.filter((id) => !authorizations.has(id));
  const [closed, commitments, refills] = await Promise.all([
    missing.length > 0
      ? rows<ClosedAuthorizationRow>(findClosedAuthorizations(missing.map(accountKeyOf), missing))
      : [],
    loadCommitments(client, accounts, { setOff: ids.length > 0 }),
    loadRefills(client, accounts),
  ]);
  for (const row of closed) authorizations.set(row.id, authorizationFromClosed(row));
  await completeAuthorizations(client, authorizations, cache);
  const clocks = new Map(currentClocks.map((row) => [row.environment, testClockFromRow(row)]));
  const loaded = assemble({
    accounts,
    clock,
    clocks,
    declined,
    grants: [...openGrants, ...closedGrants, ...commitments.grants, ...purchased.grants],
    purchases: purchased.purchases,
    counters,
    periods: commitments.periods,
    refills,
    authorizations,
    cache,
  });
  return cache ? withReservedWindows(client, loaded) : withoutUnknownReservations(loaded);
}

/** Loads the windows by value that authorizations and holds that have lapsed have reserved something in. */
async function withReservedWindows(client: PoolClient, loaded: LoadedState): Promise<LoadedState> {
  const { accounts, authorizations } = loaded.state;
  const ofAuthorizations = [...authorizations.values()].flatMap(({ accountKey, reservations }) =>
    reservations.map((one) => ({ ...one, accountKey })),
  );
  const reservations = [...ofAuthorizations, ...loaded.lapsed.reservations];
  await loadWindows(client, accounts, unknownWindows(accounts, reservations));
  return loaded;
}

/** Whoever only reads isn't shown windows by value, of which holds that have lapsed may name a hundred thousand. */
function withoutUnknownReservations(loaded: LoadedState): LoadedState {
  const { accounts } = loaded.state;
  const { reservations, ...lapsed } = loaded.lapsed;
  const known = reservations.filter((one) => unknownWindows(accounts, [one]).length === 0);
  return { ...loaded, lapsed: { ...lapsed, reservations: known } };
}

/** Grants of which nothing may remain: those a command names, and those a refund may credit. */
async function loadClosedGrants(client: PoolClient, { grants, refunds }: Needs): Promise<GrantRow[]> {
  const [named, refundable] = await Promise.all([
    grants.length > 0 ? rowsOf<GrantRow>(client, findGrants(grants.map(accountKeyOf), grants)) : [],
    refunds.length > 0 ? rowsOf<GrantRow>(client, findRefundableGrants(refunds.map(accountKeyOf), refunds)) : [],
  ]);
  return [...named, ...refundable];
}

/** The open windows of accounts, and closed ones of authorizations. */
async function loadCounters(
  client: PoolClient,
  accounts: readonly AccountKey[],
  ids: readonly string[],
): Promise<CounterRow[]> {
  const [open, closed] = await Promise.all([
    rowsOf<CounterRow>(client, findOpenCounters(accounts)),
    ids.length > 0 ? rowsOf<CounterRow>(client, findClosedCounters(ids.map(accountKeyOf), ids)) : [],
  ]);
  return [...open, ...closed];
}

interface LoadedRows extends AccountRows {
  readonly clock: readonly ClockRow[];
  readonly clocks: ReadonlyMap<string, TestClock>;
  readonly declined: readonly DeclinedRow[];
  readonly purchases: readonly PurchaseRow[];
  readonly authorizations: Map<string, Authorization>;
}

function assemble(rows: LoadedRows): LoadedState {
  const { accounts, grants, realNow } = accountsFromRows(rows);
  const { authorizations } = rows;
  const closed = new Set([...authorizations.values()].filter((one) => !isOpen(one)).map(({ id }) => id));
  return {
    state: {
      accounts,
      authorizations,
      grants,
      purchases: new Map(rows.purchases.map((row) => [row.id, purchaseFromRow(row)])),
      testClocks: rows.clocks,
      declined: declinedFromRows(rows.declined),
    },
    realNow,
    closed,
    lapsed: lapsedFromRows(rows.clock),
  };
}

export interface AccountRows {
  readonly accounts: readonly AccountRow[];
  readonly clock: readonly FirstHoldsRow[];
  readonly grants: readonly GrantRow[];
  readonly counters: readonly CounterRow[];
  readonly periods: readonly CommitmentPeriodRow[];
  readonly refills: readonly AccountRefillsRow[];
  /** Has the open grants that weren't read; `null` where all were. */
  readonly cache: AccountCache | null;
}

/** Puts accounts together as they are by the clock that was read with them. */
export function accountsFromRows(rows: AccountRows) {
  const realNow = rows.clock[0]?.now.getTime();
  if (realNow === undefined) throw new Error('the database did not tell the time');
  const clockOf = new Map(rows.clock.map((row) => [row.account_id, row]));
  const accountsRead = rows.accounts.map((row) =>
    accountFromRow(row, Number(clockOf.get(row.account_id)?.ahead_ms ?? 0)),
  );
  if (rows.cache) for (const { account } of accountsRead) shareOwnPrices(account, rows.cache);
  const grants = new Map<string, Grant>();
  // What is cached goes first: a closed grant that a command names may be among the rows as well as in the cache.
  for (const { account, ids } of accountsRead) {
    for (const grant of rows.cache?.grantsOf(account.key, ids.version) ?? []) grants.set(grant.id, grant);
  }
  for (const row of rows.grants) if (!grants.has(row.id)) grants.set(row.id, grantFromRow(row));
  const grantsOf = Map.groupBy(grants.values(), ({ accountKey }) => accountKey);
  const countersOf = Map.groupBy(rows.counters.map(counterFromRow), ({ accountKey }) => accountKey);
  const periodsOf = Map.groupBy(rows.periods.map(commitmentPeriodFromRow), ({ accountKey }) => accountKey);
  const refillsOf = new Map(rows.refills.map(refillsFromRow).map(({ account, refills }) => [account.key, refills]));
  const accounts = accountsRead.map(({ account, ids }) => {
    const { first_holds = null, open_holds: openHolds = 0 } = clockOf.get(account.key) ?? {};
    const counters = Counters.of(countersOf.get(account.key) ?? []);
    const commitments = periodsOf.get(account.key) ?? [];
    const refills = refillsOf.get(account.key);
    const rest = {
      holdExpiries: expiriesFromRow(first_holds),
      openHolds,
      counters,
      commitments,
      ...(refills && { refills }),
    };
    const now = realNow + (account.testClock?.aheadMs ?? 0);
    return [account.key, accountState(account, ids, grantsOf.get(account.key) ?? [], rest, now)] as const;
  });
  return { realNow, accounts: new Map(accounts), grants };
}

/** Lets an account stand on the copy of its own prices that is cached, and parsed already. */
function shareOwnPrices(account: Account, cache: AccountCache): void {
  const { overridesVersion, terms } = account;
  if (terms.overrides.length === 0) return;
  const overrides = sharedOf(terms.overrides, cache.overridesOf(account.key, overridesVersion));
  account.terms = { ...terms, overrides };
}

/**
 * Some more than any bound allows, because it may have been lowered. Accounts may have a rule that bounds them, which isn't known
 * before they are read.
 */
export function countMaxOf({ openHoldsMax }: Pick<LedgerRules, 'openHoldsMax'>): number {
  return 1000 + (Number.isFinite(openHoldsMax) ? Math.max(openHoldsMax, OPEN_HOLDS_RULE_MAX) : OPEN_HOLDS_RULE_MAX);
}

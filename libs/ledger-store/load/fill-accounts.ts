import { accountKeyOf, isSettled, timeOf, type AccountKey, type LedgerRules } from '#ledger';
import type { PoolClient } from '#database';
import type { Statement } from '../statement.ts';
import { loadCommitments } from './commitment-statements.ts';
import { loadRefills } from './refill-statements.ts';
import type { Filled } from './filled.ts';
import { findFirstHolds, type FirstHoldsRow } from './lapsed-holds.ts';
import { findKeys, type KeyPlace, type KeyRow } from './key-statements.ts';
import { accountsFromRows, countMaxOf } from './load-state.ts';
import { rowsOf } from './rows-of.ts';
import { completeAuthorizations } from './usage-statements.ts';
import { counterFromRow, type CounterRow } from '../tables/counters.ts';
import type { AccountRow } from '../tables/accounts.ts';
import { authorizationFromClosed, type ClosedAuthorizationRow } from '../tables/authorizations.ts';
import type { GrantRow } from '../tables/grants.ts';
import { authorizationFromHold, type HoldRow } from '../tables/holds.ts';
import {
  findAccounts,
  findClosedAuthorizations,
  findClosedCounters,
  findHolds,
  findOpenCounters,
  findOpenGrants,
} from './statements.ts';

/** What is missing in the cache. */
export interface Missing {
  /** Accounts to be read with their open grants. */
  readonly accounts: readonly AccountKey[];
  readonly authorizations: readonly string[];
  readonly keys: readonly KeyPlace[];
  /** Whether any of the accounts may have a test clock. */
  readonly clocks: boolean;
}

/**
 * Reads without locks what is missing in the cache, in one round trip, or two where authorizations are closed. The caller must
 * be in a transaction with one snapshot. An account to which time has done something that isn't booked is left out: that can
 * only be booked under its lock.
 */
export async function fillAccounts(
  client: PoolClient,
  { accounts: keys, authorizations: ids, keys: places, clocks }: Missing,
  rules: LedgerRules,
): Promise<Filled> {
  const rows = <Row extends object>(statement: Statement): Promise<Row[]> => rowsOf<Row>(client, statement);
  const all = [...new Set([...keys, ...ids.map(accountKeyOf)])];
  const [accounts, clock, grants, counters, closedCounters, holds, known] = await Promise.all([
    all.length > 0 ? rows<AccountRow>(findAccounts(all)) : [],
    rows<FirstHoldsRow>(findFirstHolds(keys, { clocks, countMax: countMaxOf(rules) })),
    keys.length > 0 ? rows<GrantRow>(findOpenGrants(keys)) : [],
    keys.length > 0 ? rows<CounterRow>(findOpenCounters(keys)) : [],
    ids.length > 0 ? rows<CounterRow>(findClosedCounters(ids.map(accountKeyOf), ids)) : [],
    ids.length > 0 ? rows<HoldRow>(findHolds(ids.map(accountKeyOf), ids)) : [],
    places.length > 0 ? rows<KeyRow>(findKeys(places)) : [],
  ]);
  const authorizations = new Map(holds.map((row) => [row.id, authorizationFromHold(row)]));
  const others = ids.filter((id) => !authorizations.has(id));
  const wanted = new Set(keys);
  const wantedAccounts = accounts.filter(({ account_id }) => wanted.has(account_id));
  const [closed, { periods }, refills] = await Promise.all([
    others.length > 0 ? rows<ClosedAuthorizationRow>(findClosedAuthorizations(others.map(accountKeyOf), others)) : [],
    loadCommitments(client, wantedAccounts, { setOff: false }),
    loadRefills(client, wantedAccounts),
  ]);
  for (const row of closed) authorizations.set(row.id, authorizationFromClosed(row));
  await completeAuthorizations(client, authorizations, null);
  const { realNow, accounts: states } = accountsFromRows({
    accounts: wantedAccounts,
    clock,
    grants,
    counters,
    periods,
    refills,
    cache: null,
  });
  return {
    now: realNow,
    accounts: new Map([...states].filter(([, state]) => isSettled(state, timeOf({ realNow }, state)))),
    versions: new Map(accounts.map(({ account_id, id_clock }) => [account_id, BigInt(id_clock)])),
    windows: closedCounters.map(counterFromRow),
    authorizations,
    closed: new Set(others.filter((id) => authorizations.has(id))),
    absent: others.filter((id) => !authorizations.has(id)),
    keys: known,
  };
}

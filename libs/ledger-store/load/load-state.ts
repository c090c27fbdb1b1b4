import {
  accountKeyOf,
  accountState,
  isOpen,
  type Authorization,
  type Grant,
  type Lapsed,
  type LedgerState,
  type Needs,
  type TestClock,
} from '#ledger';
import type { PoolClient } from '#database';
import { ofConnection } from '../engine/failures.ts';
import type { Statement } from '../statement.ts';
import type { KnownAccounts } from './known-accounts.ts';
import { findLapsedHolds, lapsedFromRows, moveLapsedHolds, type ClockRow } from './lapsed-holds.ts';
import { accountFromRow, type AccountRow } from '../tables/accounts.ts';
import { authorizationFromClosed, type ClosedAuthorizationRow } from '../tables/authorizations.ts';
import { declinedFromRows, type DeclinedRow } from '../tables/declines.ts';
import { grantFromRow, type GrantRow } from '../tables/grants.ts';
import { authorizationFromHold, type HoldRow } from '../tables/holds.ts';
import { findCurrentClocks, testClockFromRow, type TestClockRow } from './clock-statements.ts';
import {
  findAccounts,
  findClosedAuthorizations,
  findDeclined,
  findGrants,
  findHolds,
  findMovedGrants,
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
  /** What the accounts' lapsed holds have let go. In the accounts and grants it still counts as held. */
  readonly lapsed: Lapsed;
  /**
   * Whether more holds have lapsed than were moved at once. What those pin can't be told apart, so nothing may be decided
   * before they are moved too.
   */
  readonly moreLapsed: boolean;
}

/**
 * Reads everything that decisions about these accounts need. With `known`, it takes the accounts' locks first, to be kept
 * until the transaction ends, leaves out the grants that are known, and moves holds that have lapsed to where closed
 * authorizations stand; without, it locks and changes nothing, and the caller must be in a transaction with one snapshot.
 * The statements go out together where the client pipelines.
 */
export async function loadState(client: PoolClient, needs: Needs, known: KnownAccounts | null): Promise<LoadedState> {
  const { accounts: keys, authorizations: ids } = needs;
  const questions = { clocks: needs.clocks.length > 0, countMax: known ? countMaxOf(known) : 0 };
  const rows = <Row extends object>(statement: Statement): Promise<Row[]> => rowsOf<Row>(client, statement);
  const [accounts, clock, openGrants, closedGrants, holds, currentClocks, declined] = await Promise.all([
    rows<AccountRow>(known ? lockAccounts(keys) : findAccounts(keys)),
    rows<ClockRow>(known ? moveLapsedHolds(keys, questions) : findLapsedHolds(keys, questions)),
    rows<GrantRow>(known ? findMovedGrants(keys, known.stampsOf(keys)) : findOpenGrants(keys)),
    loadClosedGrants(client, needs),
    ids.length > 0 ? rows<HoldRow>(findHolds(ids.map(accountKeyOf), ids)) : [],
    known && questions.clocks ? rows<TestClockRow>(findCurrentClocks(needs.clocks)) : [],
    known && needs.sweeps.length > 0 ? rows<DeclinedRow>(findDeclined(needs.sweeps)) : [],
  ]);
  const authorizations = new Map(holds.map((row) => [row.id, authorizationFromHold(row)]));
  const missing = ids.filter((id) => !authorizations.has(id));
  if (missing.length > 0) {
    const closed = await rows<ClosedAuthorizationRow>(findClosedAuthorizations(missing.map(accountKeyOf), missing));
    for (const row of closed) authorizations.set(row.id, authorizationFromClosed(row));
  }
  const clocks = new Map(currentClocks.map((row) => [row.environment, testClockFromRow(row)]));
  return assemble({
    accounts,
    clock,
    clocks,
    declined,
    grants: [...openGrants, ...closedGrants],
    authorizations,
    known,
  });
}

/** Grants of which nothing may remain: those a command names, and those a refund may credit. */
async function loadClosedGrants(client: PoolClient, { grants, refunds }: Needs): Promise<GrantRow[]> {
  const [named, refundable] = await Promise.all([
    grants.length > 0 ? rowsOf<GrantRow>(client, findGrants(grants.map(accountKeyOf), grants)) : [],
    refunds.length > 0 ? rowsOf<GrantRow>(client, findRefundableGrants(refunds.map(accountKeyOf), refunds)) : [],
  ]);
  return [...named, ...refundable];
}

interface LoadedRows {
  readonly accounts: readonly AccountRow[];
  readonly clock: readonly ClockRow[];
  readonly clocks: ReadonlyMap<string, TestClock>;
  readonly declined: readonly DeclinedRow[];
  readonly grants: readonly GrantRow[];
  readonly authorizations: Map<string, Authorization>;
  readonly known: KnownAccounts | null;
}

function assemble(rows: LoadedRows): LoadedState {
  const realNow = rows.clock[0]?.now.getTime();
  if (realNow === undefined) throw new Error('the database did not tell the time');
  const holds = new Map(
    rows.clock.map(({ account_id, next_hold_expiry, open_holds }) => [
      account_id,
      { nextHoldExpiry: next_hold_expiry?.getTime() ?? null, openHolds: open_holds },
    ]),
  );
  const aheadMs = new Map(rows.clock.map((row) => [row.account_id, Number(row.ahead_ms ?? 0)]));
  const accountsRead = rows.accounts.map((row) => accountFromRow(row, aheadMs.get(row.account_id) ?? 0));
  const grants = new Map<string, Grant>();
  // What is known goes first: a closed grant that a command names may be among the rows as well as among the known.
  for (const { account, ids } of accountsRead) {
    for (const grant of rows.known?.grantsOf(account.key, ids.lastStamp) ?? []) grants.set(grant.id, grant);
  }
  for (const row of rows.grants) if (!grants.has(row.id)) grants.set(row.id, grantFromRow(row));
  const grantsOf = Map.groupBy(grants.values(), ({ accountKey }) => accountKey);
  const accounts = accountsRead.map(({ account, ids }) => {
    const own = grantsOf.get(account.key) ?? [];
    const now = realNow + (account.clock?.aheadMs ?? 0);
    return [account.key, accountState(account, ids, own, holds.get(account.key) ?? NO_HOLDS, now)] as const;
  });
  const { authorizations } = rows;
  const closed = new Set([...authorizations.values()].filter((one) => !isOpen(one)).map(({ id }) => id));
  return {
    state: {
      accounts: new Map(accounts),
      authorizations,
      grants,
      clocks: rows.clocks,
      declined: declinedFromRows(rows.declined),
    },
    realNow,
    closed,
    lapsed: lapsedFromRows(rows.clock),
    moreLapsed: rows.clock.some(({ more }) => more),
  };
}

const NO_HOLDS = { nextHoldExpiry: null, openHolds: 0 };

/** Where there is a bound, some more than it allows: it may have been lowered. */
function countMaxOf({ rules: { openHoldsMax } }: KnownAccounts): number {
  return Number.isFinite(openHoldsMax) ? openHoldsMax + 1000 : 0;
}

export async function rowsOf<Row extends object>(client: PoolClient, statement: Statement): Promise<Row[]> {
  const { rows } = await ofConnection(client.query<Row>(statement));
  return rows;
}

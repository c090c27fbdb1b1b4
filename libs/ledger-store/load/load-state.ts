import {
  accountKeyOf,
  accountState,
  isOpen,
  type AccountKey,
  type Authorization,
  type Grant,
  type LedgerState,
} from '#ledger';
import type { PoolClient } from '#database';
import type { Statement } from '../statement.ts';
import {
  accountFromRow,
  authorizationFromClosed,
  authorizationFromHold,
  grantFromRow,
  type AccountRow,
  type ClosedAuthorizationRow,
  type GrantRow,
  type HoldRow,
} from './rows.ts';
import {
  findAccounts,
  findClosedAuthorizations,
  findGrants,
  findHolds,
  findLapsedHolds,
  findOpenGrants,
  lockAccounts,
  readClock,
  type ClockRow,
} from './statements.ts';

/** What is wanted, without repetitions. */
export interface Wanted {
  readonly accounts: readonly AccountKey[];
  readonly authorizations: readonly string[];
  readonly grants: readonly string[];
}

export interface LoadedState {
  readonly state: LedgerState;
  /** Milliseconds since 1970, by the database's clock. */
  readonly now: number;
  /** Authorizations that were closed when they were read: their row stands in another table than an open one's. */
  readonly closed: ReadonlySet<string>;
}

/**
 * Reads everything that decisions about these accounts need. `lock` takes the accounts' locks first and keeps them until
 * the transaction ends; without it the caller must be in a transaction with one snapshot. The statements go out together
 * where the client pipelines.
 */
export async function loadState(client: PoolClient, wanted: Wanted, { lock }: { lock: boolean }): Promise<LoadedState> {
  const { accounts: keys } = wanted;
  const rows = <Row extends object>(statement: Statement): Promise<Row[]> => rowsOf<Row>(client, statement);
  const [accountRows, clockRows, openGrants, namedGrants, lapsed, holds] = await Promise.all([
    rows<AccountRow>(lock ? lockAccounts(keys) : findAccounts(keys)),
    rows<ClockRow>(readClock(keys)),
    rows<GrantRow>(findOpenGrants(keys)),
    wanted.grants.length > 0 ? rows<GrantRow>(findGrants(wanted.grants.map(accountKeyOf), wanted.grants)) : [],
    rows<HoldRow>(findLapsedHolds(keys)),
    wanted.authorizations.length > 0
      ? rows<HoldRow>(findHolds(wanted.authorizations.map(accountKeyOf), wanted.authorizations))
      : [],
  ]);
  const authorizations = new Map([...lapsed, ...holds].map((row) => [row.id, authorizationFromHold(row)]));
  const missing = wanted.authorizations.filter((id) => !authorizations.has(id));
  if (missing.length > 0) {
    const closed = await rows<ClosedAuthorizationRow>(findClosedAuthorizations(missing.map(accountKeyOf), missing));
    for (const row of closed) authorizations.set(row.id, authorizationFromClosed(row));
  }
  return assemble(accountRows, clockRows, [...openGrants, ...namedGrants], authorizations);
}

function assemble(
  accountRows: readonly AccountRow[],
  clockRows: readonly ClockRow[],
  grantRows: readonly GrantRow[],
  authorizations: Map<string, Authorization>,
): LoadedState {
  const now = clockRows[0]?.now.getTime();
  if (now === undefined) throw new Error('the database did not tell the time');
  const nextHoldExpiry = new Map(clockRows.map((row) => [row.account_id, row.next_hold_expiry?.getTime() ?? null]));
  const grants = new Map<string, Grant>();
  const grantsOf = new Map<AccountKey, Grant[]>();
  for (const row of grantRows) {
    if (grants.has(row.id)) continue;
    const grant = grantFromRow(row);
    grants.set(grant.id, grant);
    const siblings = grantsOf.get(grant.accountKey);
    if (siblings) siblings.push(grant);
    else grantsOf.set(grant.accountKey, [grant]);
  }
  const accounts = accountRows.map((row) => {
    const { account, ids } = accountFromRow(row);
    const state = accountState(
      account,
      ids,
      grantsOf.get(account.key) ?? [],
      nextHoldExpiry.get(account.key) ?? null,
      now,
    );
    return [account.key, state] as const;
  });
  const closed = new Set([...authorizations.values()].filter((one) => !isOpen(one)).map(({ id }) => id));
  return { state: { accounts: new Map(accounts), authorizations, grants }, now, closed };
}

export async function rowsOf<Row extends object>(client: PoolClient, statement: Statement): Promise<Row[]> {
  const { rows } = await client.query<Row>(statement);
  return rows;
}

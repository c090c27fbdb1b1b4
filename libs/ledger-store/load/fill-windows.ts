import type { PoolClient } from '#database';
import { windowsAskedFor, type AccountKey, type AccountState, type Authorization, type CounterWindow } from '#ledger';
import type { Queued } from '../engine/submission.ts';
import { arrayOf, type Statement } from '../statement.ts';
import { counterFromRow, type CounterRow } from '../tables/counters.ts';
import type { AccountCache } from './account-cache.ts';
import type { Filled } from './filled.ts';
import { rowsOf } from './rows-of.ts';
import { findWindows, unknownWindows } from './window-statements.ts';

export interface Asking {
  readonly cache: AccountCache;
  readonly commands: readonly Queued[];
}

/**
 * Reads the windows by value that commands need, on the snapshot on which the rest was read: those that they ask for, and those in
 * which their authorizations have reserved something.
 */
export async function fillWindows(client: PoolClient, filled: Filled, asking: Asking): Promise<Filled> {
  const windows = windowsToRead(filled, asking);
  if (windows.length === 0) return filled;
  const accounts = [...new Set(windows.map(({ accountKey }) => accountKey))];
  const [rows, versions] = await Promise.all([
    rowsOf<CounterRow>(client, findWindows(windows)),
    rowsOf<{ account_id: AccountKey; id_clock: string }>(client, findVersions(accounts)),
  ]);
  return {
    ...filled,
    windows: [...filled.windows, ...rows.map(counterFromRow)],
    versions: new Map([
      ...filled.versions,
      ...versions.map(({ account_id, id_clock }) => [account_id, BigInt(id_clock)] as const),
    ]),
  };
}

/** The versions of accounts. */
export function findVersions(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_versions',
    text: 'select account_id, id_clock from accounts where account_id = any($1::bigint[])',
    values: [arrayOf(keys)],
  };
}

/** What is cached goes first: it may be ahead of what is stored. */
function windowsToRead(filled: Filled, { cache, commands }: Asking): readonly CounterWindow[] {
  const needs = commands.map((one) => one.needs);
  const accounts = new Map<AccountKey, AccountState>();
  for (const key of needs.flatMap((one) => one.accounts)) {
    const account = cache.state.accounts.get(key) ?? filled.accounts.get(key);
    if (account) accounts.set(key, account);
  }
  const authorizations = new Map<string, Authorization>();
  for (const id of needs.flatMap((one) => one.authorizations)) {
    const authorization = cache.state.authorizations.get(id) ?? filled.authorizations.get(id);
    if (authorization) authorizations.set(id, authorization);
  }
  const state = { ...cache.state, accounts, authorizations };
  const context = { state, realNow: filled.now, rules: cache.rules };
  // Closed windows were read with the authorizations that were made in them.
  const read = new Set(filled.windows.map(nameOf));
  const ofAuthorizations = unknownWindows(accounts, reservationsOf(authorizations.values()));
  return [
    ...commands.flatMap(({ command }) => windowsAskedFor(context, command)),
    ...ofAuthorizations.filter((one) => !read.has(nameOf(one))),
  ];
}

function* reservationsOf(authorizations: Iterable<Authorization>) {
  for (const { accountKey, reservations } of authorizations) {
    for (const { counter, windowStart } of reservations) yield { accountKey, counter, windowStart };
  }
}

function nameOf({ accountKey, counter, windowStart }: Omit<CounterWindow, 'windowEnd'>): string {
  return [accountKey, counter, windowStart].join('/');
}

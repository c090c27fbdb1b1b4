import type { Pool, PoolClient } from '#database';
import {
  noChanges,
  settle,
  windowsAskedFor,
  type AccountKey,
  type CounterWindow,
  type DecisionContext,
  type Needs,
  type DeclinedRequest,
  type RevenueTally,
} from '#ledger';
import type { AccountCache } from '../load/account-cache.ts';
import { findKeys, lockKeys, type KeyRow } from '../load/key-statements.ts';
import { loadState, type LoadedState } from '../load/load-state.ts';
import { rowsOf } from '../load/rows-of.ts';
import { findWindows, loadWindows } from '../load/window-statements.ts';
import { wantedPrices } from '../prices/wanted-prices.ts';
import type { Statement } from '../statement.ts';
import { writeChanges } from '../write/write-changes.ts';
import { committed } from './commit-writes.ts';
import { connectedTo } from './connected-to.ts';
import { decideBatch, type Lacking } from './decide-batch.ts';
import { ConnectionFailed, ofConnection } from './failures.ts';
import { BEGIN } from './ledger-pool.ts';
import { nextTurn } from './next-turn.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { Answer, Queued } from './submission.ts';

/** Deciding takes microseconds per command; a batch that took longer may have outlasted its transaction. */
const LONG_MS = 500;

/**
 * A batch that was sent before, of which nobody knows whether it was committed: the accounts that it would have changed, and
 * their versions before.
 */
export type UnknownOutcome = ReadonlyMap<AccountKey, string>;

export interface LockedOptions {
  /** Spares the batch grants that are cached, and learns from it. */
  readonly cache: AccountCache;
  /**
   * Where the batch was sent before and its outcome is unknown. Only if one of the accounts hasn't moved is it sure that
   * nothing was committed; then the batch is decided again, and the accounts' versions are moved, so that what was sent can't
   * be committed later either.
   */
  readonly unknown?: UnknownOutcome | undefined;
  /** Windows by value to be loaded beside those that the commands are known to ask for. */
  readonly windows?: readonly CounterWindow[];
}

/** Windows by value that were decided on as if nobody had counted anything in them, and somebody has. */
class WindowsKnown extends Error {
  override readonly name = 'WindowsKnown';

  constructor(readonly windows: readonly CounterWindow[]) {
    super('a batch was decided on windows that were not loaded');
  }
}

export interface FinishedBatch {
  /** One for each command, in order; they are durable. `null` for those that are lacking. */
  readonly answers: readonly (Answer | null)[];
  readonly lacking: Lacking;
  readonly revenue: readonly RevenueTally[];
  readonly declined: readonly DeclinedRequest[];
  /** The database's clock at which they were decided, in milliseconds since 1970. */
  readonly now: number;
  /** Whether there was anything to write. */
  readonly hasWritten: boolean;
}

/**
 * Runs a batch in one transaction: lock and load, decide, write, commit. Two round trips, one fsync. Where more holds have
 * lapsed than one statement should move, or more periods of recurring grants have begun than are granted at once, transactions before it
 * book them.
 *
 * @throws {NeedsLeases} where nothing was changed, because of that command
 * @throws {LedgerUnavailable} with `outcome_unknown` where the commit was sent and its end is not known. Any other error
 *   means that nothing was changed.
 */
export async function runLocked(pool: Pool, batch: readonly Queued[], options: LockedOptions): Promise<FinishedBatch> {
  try {
    const finished = await attemptBatch(pool, batch, options);
    if (finished) return finished;
  } catch (error) {
    if (!(error instanceof WindowsKnown)) throw error;
    return runLocked(pool, batch, { ...options, windows: [...(options.windows ?? []), ...error.windows] });
  }
  return runLocked(pool, batch, { ...options, unknown: undefined });
}

/** @returns `null` where nothing was decided, because there was more to be booked before than is booked at once. */
async function attemptBatch(
  pool: Pool,
  batch: readonly Queued[],
  options: LockedOptions,
): Promise<FinishedBatch | null> {
  const { cache, unknown } = options;
  const client = await connectedTo(pool);
  const lost = new AbortController();
  const onLost = (error: Error): void => lost.abort(new ConnectionFailed(error));
  client.on('error', onLost);
  const needs = needsOfAll(batch);
  let done = false;
  try {
    const [{ state, realNow, closed, lapsed }, knownKeys] = await load(client, batch, needs, options);
    cache.compare(state);
    const { accounts, authorizations } = state;
    const wanted = wantedPrices(accounts.values(), authorizations.values(), needs.rateCards, cache.rules.plans);
    if (wanted.length > 0) await cache.rules.prices.ensure(wanted);
    const context: DecisionContext = { state, changes: noChanges(), realNow, rules: cache.rules };
    const asked = [...(options.windows ?? []), ...batch.flatMap(({ command }) => windowsAskedFor(context, command))];
    await loadWindows(client, state.accounts, asked);
    if (unknown) settleOutcome(context, unknown);
    const isPart = settle(context, lapsed);
    const startedAt = performance.now();
    const commands = isPart ? [] : batch;
    const { answers, lacking, ...decided } = decideBatch(context, { commands, knownKeys, mayGuess: true });
    await proveAssumed(client, context.changes, asked);
    if (performance.now() - startedAt > LONG_MS) await whatHappenedMeanwhile();
    // What is sent from here on may have been done. On a connection that is known to be lost, nothing is.
    lost.signal.throwIfAborted();
    const statements = writeChanges(context, decided, closed);
    await write(client, statements);
    if (isPart) cache.forget(needs.accounts);
    else cache.learn(state, realNow);
    done = true;
    if (isPart) return null;
    return {
      answers,
      lacking,
      revenue: decided.revenue,
      declined: decided.declined,
      now: realNow,
      hasWritten: statements.length > 0,
    };
  } finally {
    // The decisions may stand in the grants that were cached, and nowhere else.
    if (!done) cache.forget(needs.accounts);
    client.off('error', onLost);
    // After an error a connection may be in the middle of anything, or have prepared statements for tables that have
    // changed since. A new one costs some milliseconds.
    client.release(!done);
  }
}

/** Resolves when the event loop has come round to what arrived before: also that Postgres has ended the connection. */
async function whatHappenedMeanwhile(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

async function load(
  client: PoolClient,
  batch: readonly Queued[],
  needs: Needs,
  { cache }: LockedOptions,
): Promise<readonly [LoadedState, readonly KeyRow[]]> {
  const keys = batch.flatMap(({ key }) => (key ? [key] : []));
  // A new account has no lock yet, and its key is kept under the environment.
  const unguarded = keys.filter(({ scope }) => !needs.accounts.includes(scope));
  const [begun, locked, loaded, knownKeys] = await Promise.allSettled([
    ofConnection(client.query(BEGIN)),
    unguarded.length > 0 ? rowsOf(client, lockKeys(unguarded)) : [],
    loadState(client, needs, cache),
    keys.length > 0 ? rowsOf<KeyRow>(client, findKeys(keys)) : [],
  ]);
  // The first that fails says why; those sent behind it only that the transaction had failed.
  if (begun.status === 'rejected') throw begun.reason;
  if (locked.status === 'rejected') throw locked.reason;
  if (loaded.status === 'rejected') throw loaded.reason;
  if (knownKeys.status === 'rejected') throw knownKeys.reason;
  return [loaded.value, knownKeys.value];
}

/** @throws {LedgerUnavailable} `outcome_unknown` where what was sent before may have been committed */
function settleOutcome({ state, changes }: DecisionContext, unknown: UnknownOutcome): void {
  const unmoved = [...unknown].some(([key, version]) => state.accounts.get(key)?.ids.version.toString() === version);
  if (unknown.size > 0 && !unmoved) throw new LedgerUnavailable('outcome_unknown');
  for (const account of state.accounts.values()) changes.accounts.update(account);
}

/**
 * What was looked for and not found isn't there, as sure as the accounts are locked. The rest is looked for now: a command may ask for
 * windows that nobody could tell before, after one that has changed which there are.
 *
 * @throws {WindowsKnown}
 */
async function proveAssumed(
  client: PoolClient,
  { assumed }: Pick<DecisionContext['changes'], 'assumed'>,
  loaded: readonly CounterWindow[],
): Promise<void> {
  if (assumed.size === 0) return;
  const nameOf = ({ accountKey, counter }: CounterWindow): string => `${accountKey}/${counter}`;
  const endOf = ({ windowEnd }: CounterWindow): number => windowEnd ?? Number.POSITIVE_INFINITY;
  const byCounter = Map.groupBy(loaded, nameOf);
  const unproven = [...assumed.values()].filter((window) => {
    const others = byCounter.get(nameOf(window)) ?? [];
    return !others.some((one) => one.windowStart <= window.windowStart && endOf(window) <= endOf(one));
  });
  if (unproven.length > 0 && (await rowsOf(client, findWindows(unproven))).length > 0) throw new WindowsKnown(unproven);
}

async function write(client: PoolClient, statements: readonly Statement[]): Promise<void> {
  // Nothing to write, nothing to wait for on the disk, and no outcome that could be unknown.
  if (statements.length === 0) await ofConnection(client.query('rollback'));
  else {
    const writes = statements.map((statement) => client.query(statement));
    await committed(writes, client.query('commit'));
  }
}

function needsOfAll(batch: readonly Queued[]): Needs {
  const all = (kind: keyof Needs): string[] => [...new Set(batch.flatMap(({ needs }) => needs[kind]))];
  return {
    accounts: all('accounts'),
    authorizations: all('authorizations'),
    grants: all('grants'),
    refunds: all('refunds'),
    purchases: all('purchases'),
    underWay: all('underWay'),
    testClocks: all('testClocks'),
    sweeps: all('sweeps'),
    rateCards: all('rateCards'),
  };
}

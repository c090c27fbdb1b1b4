import type { Pool, PoolClient } from '#database';
import { noChanges, settle, type AccountKey, type DecisionContext, type Needs } from '#ledger';
import type { KnownAccounts } from '../load/known-accounts.ts';
import { loadState, rowsOf, type LoadedState } from '../load/load-state.ts';
import { findKeys, type KeyRow } from '../load/statements.ts';
import type { Statement } from '../statement.ts';
import { writeChanges } from '../write/write-changes.ts';
import { committed } from './commit-writes.ts';
import { decideBatch } from './decide-batch.ts';
import { ConnectionFailed, ofConnection } from './failures.ts';
import { BEGIN } from './ledger-pool.ts';
import { nextTurn } from './next-turn.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { Answer, Queued } from './submission.ts';

/** Deciding takes microseconds per command; a batch that took longer may have outlasted its transaction. */
const LONG_MS = 500;

export interface BatchOptions {
  /** What the lane knows of the accounts; it learns from the batch. */
  readonly known: KnownAccounts;
  /**
   * Where the batch was sent before and its outcome is unknown: the accounts that it would have changed, and their clocks
   * before. Only if one of them hasn't moved is it sure that nothing was committed; then the batch is decided again, and
   * the accounts' clocks are moved, so that what was sent can't be committed later either.
   */
  readonly doubt?: Doubt | undefined;
}

export type Doubt = ReadonlyMap<AccountKey, string>;

export interface FinishedBatch {
  /** One for each command, in order; they are durable. */
  readonly answers: readonly Answer[];
  /** The database's clock at which they were decided, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Runs a batch in one transaction: lock and load, decide, write, commit. Two round trips, one fsync. Where more holds have
 * lapsed than one statement should move, transactions before it move them.
 *
 * @throws {LedgerUnavailable} with `outcome_unknown` where the commit was sent and its end is not known. Any other error
 *   means that nothing was changed.
 */
export async function runBatch(pool: Pool, batch: readonly Queued[], options: BatchOptions): Promise<FinishedBatch> {
  const finished = await attemptBatch(pool, batch, options);
  if (finished) return finished;
  return runBatch(pool, batch, { ...options, doubt: undefined });
}

/** @returns `null` where nothing was decided, because first there were holds to move, and there are more. */
async function attemptBatch(
  pool: Pool,
  batch: readonly Queued[],
  options: BatchOptions,
): Promise<FinishedBatch | null> {
  const { known, doubt } = options;
  const client = await connectedTo(pool);
  const lost = new AbortController();
  const onLost = (error: Error): void => lost.abort(new ConnectionFailed(error));
  client.on('error', onLost);
  const needs = needsOfAll(batch);
  let done = false;
  try {
    const [{ state, realNow, closed, lapsed, moreLapsed }, knownKeys] = await load(client, batch, needs, options);
    known.compare(state);
    const context: DecisionContext = { state, changes: noChanges(), realNow, rules: known.rules };
    if (doubt) settleDoubt(context, doubt);
    settle(context, lapsed);
    const startedAt = performance.now();
    const { answers, remembered, audited } = decideBatch(context, knownKeys, moreLapsed ? [] : batch);
    if (performance.now() - startedAt > LONG_MS) await whatHappenedMeanwhile();
    // What is sent from here on may have been done. On a connection that is known to be lost, nothing is.
    lost.signal.throwIfAborted();
    await write(client, writeChanges(context, { remembered, audited }, closed));
    if (moreLapsed) known.forget(needs.accounts);
    else known.learn(state, realNow);
    done = true;
    return moreLapsed ? null : { answers, now: realNow };
  } finally {
    // The decisions may stand in the grants that were known, and nowhere else.
    if (!done) known.forget(needs.accounts);
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

/** @throws {ConnectionFailed} */
export async function connectedTo(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed(error);
  });
}

async function load(
  client: PoolClient,
  batch: readonly Queued[],
  needs: Needs,
  { known }: BatchOptions,
): Promise<readonly [LoadedState, readonly KeyRow[]]> {
  const keys = batch.flatMap(({ key }) => (key ? [key] : []));
  const [begun, loaded, knownKeys] = await Promise.allSettled([
    ofConnection(client.query(BEGIN)),
    loadState(client, needs, known),
    keys.length > 0 ? rowsOf<KeyRow>(client, findKeys(keys)) : [],
  ]);
  // The first that fails says why; those sent behind it only that the transaction had failed.
  if (begun.status === 'rejected') throw begun.reason;
  if (loaded.status === 'rejected') throw loaded.reason;
  if (knownKeys.status === 'rejected') throw knownKeys.reason;
  return [loaded.value, knownKeys.value];
}

/** @throws {LedgerUnavailable} `outcome_unknown` where what was sent before may have been committed */
function settleDoubt({ state, changes }: DecisionContext, doubt: Doubt): void {
  const unmoved = [...doubt].some(([key, stamp]) => state.accounts.get(key)?.ids.lastStamp.toString() === stamp);
  if (doubt.size > 0 && !unmoved) throw new LedgerUnavailable('outcome_unknown');
  for (const account of state.accounts.values()) changes.updatedAccounts.add(account);
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
    clocks: all('clocks'),
    sweeps: all('sweeps'),
  };
}

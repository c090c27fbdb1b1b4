import type { Pool, PoolClient } from '#database';
import { needsOf, type Needs } from '#ledger';
import { loadState, rowsOf } from '../load/load-state.ts';
import type { KnownGrants } from '../load/known-grants.ts';
import { findKeys, type KeyRow } from '../load/statements.ts';
import type { Statement } from '../statement.ts';
import { writeChanges } from '../write/write-changes.ts';
import { decideBatch } from './decide-batch.ts';
import { ConnectionFailed, sqlStateOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { Answer, Submission } from './submission.ts';

/**
 * Runs a batch in one transaction: lock and load, decide, write, commit. Two round trips, one fsync.
 *
 * @param known what the lane knows of the accounts' grants; it learns from the batch.
 * @param lockTimeoutMs how long to wait for an account's lock; `null`: as the session's settings say.
 * @returns an answer for each submission, in order; they are durable.
 * @throws {LedgerUnavailable} with `outcome_unknown` where the commit was sent and its end is not known. Any other error
 *   means that nothing was changed.
 */
export async function runBatch(
  pool: Pool,
  submissions: readonly Submission[],
  known: KnownGrants,
  lockTimeoutMs: number | null,
): Promise<readonly Answer[]> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed(error);
  });
  const lost = new AbortController();
  const onLost = (error: Error): void => lost.abort(new ConnectionFailed(error));
  client.on('error', onLost);
  let broken = true;
  try {
    const [loaded, knownKeys] = await load(client, submissions, known, lockTimeoutMs).catch(asConnectionFailure);
    // Until the batch is durable, its decisions stand in the grants in memory only.
    known.forget([...loaded.state.accounts.keys()]);
    const { answers, changes, remembered } = decideBatch(loaded, knownKeys, submissions);
    // What is sent from here on may have been done. On a connection that is known to be lost, nothing is.
    lost.signal.throwIfAborted();
    await write(client, writeChanges(changes, remembered, loaded.closed));
    known.remember(loaded.state);
    broken = false;
    return answers;
  } finally {
    client.off('error', onLost);
    // After an error a connection may be in the middle of anything, or have prepared statements for tables that have
    // changed since. A new one costs some milliseconds.
    client.release(broken);
  }
}

async function load(
  client: PoolClient,
  submissions: readonly Submission[],
  known: KnownGrants,
  lockTimeoutMs: number | null,
) {
  const keys = submissions.flatMap(({ key }) => (key ? [key] : []));
  const [, loaded, knownKeys] = await Promise.all([
    client.query(lockTimeoutMs === null ? 'begin' : `begin; set local lock_timeout = ${lockTimeoutMs}`),
    loadState(client, needsOfAll(submissions), known),
    keys.length > 0
      ? rowsOf<KeyRow>(
          client,
          findKeys(
            keys.map(({ scope }) => scope),
            keys.map(({ key }) => key),
          ),
        )
      : [],
  ]);
  return [loaded, knownKeys] as const;
}

async function write(client: PoolClient, statements: readonly Statement[]): Promise<void> {
  // Nothing to write, nothing to wait for on the disk, and no outcome that could be unknown.
  if (statements.length === 0) await client.query('rollback').catch(asConnectionFailure);
  else
    await commit(
      client,
      statements.map((statement) => client.query(statement)),
    );
}

/**
 * The commit goes out behind the writes without waiting for them: if one fails, Postgres answers it with a rollback.
 * An error that Postgres reported for a write says that nothing was committed. Without such word nobody knows.
 */
async function commit(client: PoolClient, writes: Promise<unknown>[]): Promise<void> {
  const committing = client.query('commit');
  const results = await Promise.allSettled(writes);
  const end = await Promise.allSettled([committing]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed && sqlStateOf(failed.reason) !== null) throw failed.reason;
  const [ended] = end;
  if (ended.status === 'rejected') throw new LedgerUnavailable('outcome_unknown', { cause: ended.reason });
  if (failed) throw new LedgerUnavailable('outcome_unknown', { cause: failed.reason });
  if (ended.value.command !== 'COMMIT') throw new Error(`the transaction ended with ${ended.value.command}`);
}

function asConnectionFailure(error: unknown): never {
  throw sqlStateOf(error) === null ? new ConnectionFailed(error) : error;
}

function needsOfAll(submissions: readonly Submission[]): Needs {
  const needs = submissions.map(({ command }) => needsOf(command));
  const all = (kind: keyof Needs): string[] => [...new Set(needs.flatMap((one) => one[kind]))];
  return {
    accounts: all('accounts'),
    authorizations: all('authorizations'),
    grants: all('grants'),
    refunds: all('refunds'),
  };
}

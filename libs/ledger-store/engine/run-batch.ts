import type { Pool, PoolClient } from '#database';
import { needsOf } from '#ledger';
import { loadState, rowsOf, type Wanted } from '../load/load-state.ts';
import { findKeys, type KeyRow } from '../load/statements.ts';
import { writeChanges } from '../write/write-changes.ts';
import { decideBatch } from './decide-batch.ts';
import { ConnectionFailed, sqlStateOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { Answer, Submission } from './submission.ts';

/**
 * Runs a batch in one transaction: lock and load, decide, write, commit. Two round trips, one fsync.
 *
 * @returns an answer for each submission, in order; they are durable.
 * @throws {LedgerUnavailable} with `outcome_unknown` where the commit was sent and its end is not known. Any other error
 *   means that nothing was changed.
 */
export async function runBatch(pool: Pool, submissions: readonly Submission[]): Promise<readonly Answer[]> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed(error);
  });
  let broken = true;
  try {
    const answers = await inTransaction(client, submissions);
    broken = false;
    return answers;
  } catch (error) {
    broken = !(await rollBack(client, error));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function inTransaction(client: PoolClient, submissions: readonly Submission[]): Promise<readonly Answer[]> {
  const [loaded, knownKeys] = await load(client, submissions).catch(asConnectionFailure);
  const { answers, changes, remembered } = decideBatch(loaded, knownKeys, submissions);
  const statements = writeChanges(changes, remembered, loaded.closed);
  await commit(
    client,
    statements.map((statement) => client.query(statement)),
  );
  return answers;
}

async function load(client: PoolClient, submissions: readonly Submission[]) {
  const keys = submissions.flatMap(({ key }) => (key ? [key] : []));
  const [, loaded, known] = await Promise.all([
    client.query('begin'),
    loadState(client, wantedBy(submissions), { lock: true }),
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
  return [loaded, known] as const;
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

/** @returns whether the connection can be used again. */
async function rollBack(client: PoolClient, error: unknown): Promise<boolean> {
  if (error instanceof ConnectionFailed || error instanceof LedgerUnavailable) return false;
  const [ended] = await Promise.allSettled([client.query('rollback')]);
  return ended.status === 'fulfilled';
}

function asConnectionFailure(error: unknown): never {
  throw sqlStateOf(error) === null ? new ConnectionFailed(error) : error;
}

function wantedBy(submissions: readonly Submission[]): Wanted {
  const needs = submissions.map(({ command }) => needsOf(command));
  return {
    accounts: [...new Set(needs.flatMap(({ accounts }) => accounts))],
    authorizations: [...new Set(needs.flatMap(({ authorizations }) => authorizations))],
    grants: [...new Set(needs.flatMap(({ grants }) => grants))],
  };
}

import type { Pool } from '#database';
import type { AccountKey, AccountRef } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { LedgerUnavailable } from '../engine/ledger-unavailable.ts';
import { rowsOf } from '../load/load-state.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { inSnapshot } from '../read/snapshot.ts';
import { EXPIRY_NOTICES_MAX, findDueAccounts, refFromRow } from './due-accounts.ts';

export interface SweepOptions {
  /** How long before its expiry the notices of a grant are due, in milliseconds. */
  readonly expiryNotices: readonly number[];
  readonly log: (line: string) => void;
}

/** So many accounts at a time, that a sweep is a small part of what the engine decides at once. */
const ACCOUNTS_AT_ONCE = 100;
/** No account has such a key. */
const BEFORE_ALL: AccountKey = '-1';

/**
 * Books what time has done to all accounts, with its events: balances are right without it, events and notices wait for it. Two at
 * once, or one that is killed midway, come to the same: every account is swept by a command of its own. One that can't be
 * swept keeps no other waiting.
 *
 * @returns how many accounts were swept
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws Error where there are more notices than can be given
 */
export async function sweepDue(engine: Engine, pool: Pool, { expiryNotices, log }: SweepOptions): Promise<number> {
  const notices = expiryNotices.toSorted((a, b) => b - a);
  if (notices.length > EXPIRY_NOTICES_MAX) throw new Error(`a sweep gives at most ${EXPIRY_NOTICES_MAX} notices`);
  const faults: unknown[] = [];
  let swept = 0;
  for (let after = BEFORE_ALL; ;) {
    const due = await dueAccounts(pool, notices, after);
    const results = await Promise.allSettled(due.map((account) => sweep(engine, account, notices)));
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    faults.push(...failed);
    swept += due.length - failed.length;
    const last = due.at(-1);
    if (!last || due.length < ACCOUNTS_AT_ONCE || failed.some(isNoTime)) break;
    after = last.key;
  }
  // The next sweep tries them again, and the others too, wherever they stand.
  if (faults.length > 0) log(`${faults.length} accounts could not be swept: ${String(faults[0])}`);
  return swept;
}

/** The engine is busy without us, or stops. Where the database is away, the next look fails. */
function isNoTime(error: unknown): boolean {
  return error instanceof LedgerUnavailable && (error.reason === 'queue_full' || error.reason === 'stopping');
}

async function dueAccounts(pool: Pool, notices: readonly number[], after: AccountKey): Promise<readonly AccountRef[]> {
  const statement = findDueAccounts(notices, { after, limit: ACCOUNTS_AT_ONCE });
  const rows = await attemptRead(() =>
    inSnapshot(pool, (client) => rowsOf<Parameters<typeof refFromRow>[0]>(client, statement)),
  );
  return rows.map(refFromRow);
}

async function sweep(engine: Engine, account: AccountRef, expiryNotices: readonly number[]): Promise<void> {
  const { status, body } = await engine.submit({
    command: { type: 'sweep', account, expiryNotices },
    key: null,
    render: (outcome) =>
      outcome.ok ? { status: 200, body: '' } : { status: 500, body: `refused: ${outcome.refusal.code}` },
  });
  if (status !== 200) throw new Error(`account ${account.id}: ${body}`);
}

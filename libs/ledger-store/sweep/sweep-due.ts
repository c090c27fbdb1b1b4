import type { Pool } from '#database';
import type { AccountKey, AccountRef } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { LedgerUnavailable } from '../engine/ledger-unavailable.ts';
import { rowsOf } from '../load/rows-of.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { inSnapshot } from '../read/snapshot.ts';
import type { Statement } from '../statement.ts';
import {
  EXPIRY_NOTICES_MAX,
  FIND_ADVANCED_CLOCKS,
  findDueAccounts,
  findNextDue,
  refFromRow,
  type AdvancedClockRow,
  type DueOptions,
  type NextDueRow,
} from './due-accounts.ts';
import { nameOf, QuietClocks, type AdvancedClock } from './quiet-clocks.ts';

export interface SweepOptions {
  /** How long before its expiry the notices of a grant are due, in milliseconds. */
  readonly expiryNotices: readonly number[];
  readonly log: (line: string) => void;
  /** What earlier sweeps have learnt. */
  readonly quietClocks?: QuietClocks;
}

/**
 * So many accounts at a time, that a sweep is a small part of what the engine decides at once. Where allowances are granted to all of
 * them, 100 kept its thread busy for 21 ms (the 99th percentile of its turns), and 25 for 7 ms.
 */
const ACCOUNTS_AT_ONCE = 25;
/** A search may look at every account of a test clock, so it finds more than are swept at once. */
const FOUND_AT_ONCE = 1_000;
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
export async function sweepDue(
  engine: Pick<Engine, 'submit'>,
  pool: Pool,
  { expiryNotices, log, quietClocks = new QuietClocks() }: SweepOptions,
): Promise<number> {
  const notices = expiryNotices.toSorted((a, b) => b - a);
  if (notices.length > EXPIRY_NOTICES_MAX) throw new Error(`a sweep gives at most ${EXPIRY_NOTICES_MAX} notices`);
  const { now, clocks: advanced } = await advancedClocks(pool);
  const clocks = advanced.filter((clock) => !quietClocks.has(clock, now.getTime()));
  const faults: unknown[] = [];
  let swept = 0;
  for (let after = BEFORE_ALL; ;) {
    const due = await dueAccounts(pool, { expiryNotices: notices, now, clocks }, after);
    const done = await sweepEach(engine, due, notices);
    faults.push(...done.faults);
    swept += done.swept;
    const last = due.at(-1);
    if (!last || due.length < FOUND_AT_ONCE || done.faults.some(isNoTime)) break;
    after = last.key;
  }
  if (swept === 0 && faults.length === 0 && clocks.length > 0) {
    quietClocks.remember(clocks, await nextDue(pool, { expiryNotices: notices, clocks }));
  }
  // The next sweep tries them again, and the others too, wherever they stand.
  if (faults.length > 0) log(`${faults.length} accounts could not be swept: ${String(faults[0])}`);
  return swept;
}

/** Sweeps accounts, some at a time, for as long as the engine has room for it. */
async function sweepEach(
  engine: Pick<Engine, 'submit'>,
  due: readonly AccountRef[],
  notices: readonly number[],
): Promise<{ readonly swept: number; readonly faults: readonly unknown[] }> {
  const faults: unknown[] = [];
  let swept = 0;
  for (let from = 0; from < due.length && !faults.some(isNoTime); from += ACCOUNTS_AT_ONCE) {
    const some = due.slice(from, from + ACCOUNTS_AT_ONCE);
    const results = await Promise.allSettled(some.map((account) => sweep(engine, account, notices)));
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    faults.push(...failed);
    swept += some.length - failed.length;
  }
  return { swept, faults };
}

/** The engine is busy without us, or stops. Where the database is away, the next look fails. */
function isNoTime(error: unknown): boolean {
  return error instanceof LedgerUnavailable && (error.reason === 'queue_full' || error.reason === 'stopping');
}

async function advancedClocks(pool: Pool): Promise<{ readonly now: Date; readonly clocks: readonly AdvancedClock[] }> {
  const rows = await readRows<AdvancedClockRow>(pool, FIND_ADVANCED_CLOCKS);
  const [first] = rows;
  if (!first) throw new Error('the database told no time');
  const clocks = rows.flatMap(({ environment, number, ahead_ms: aheadMs, state }) =>
    environment === null ? [] : [{ environment, number, aheadMs, state }],
  );
  return { now: first.now, clocks };
}

async function dueAccounts(pool: Pool, options: DueOptions, after: AccountKey): Promise<readonly AccountRef[]> {
  const statement = findDueAccounts(options, { after, limit: FOUND_AT_ONCE });
  const rows = await readRows<Parameters<typeof refFromRow>[0]>(pool, statement);
  return rows.map(refFromRow);
}

async function nextDue(pool: Pool, options: Omit<DueOptions, 'now'>): Promise<ReadonlyMap<string, number>> {
  const rows = await readRows<NextDueRow>(pool, findNextDue(options));
  return new Map(rows.flatMap((row) => (row.until ? [[nameOf(row), row.until.getTime()] as const] : [])));
}

function readRows<Row extends object>(pool: Pool, statement: Statement): Promise<readonly Row[]> {
  return attemptRead(() => inSnapshot(pool, (client) => rowsOf<Row>(client, statement)));
}

async function sweep(
  engine: Pick<Engine, 'submit'>,
  account: AccountRef,
  expiryNotices: readonly number[],
): Promise<void> {
  const { status, body } = await engine.submit({
    command: { type: 'sweep', account, expiryNotices },
    key: null,
    render: (outcome) =>
      outcome.ok ? { status: 200, body: '' } : { status: 500, body: `refused: ${outcome.refusal.code}` },
  });
  if (status !== 200) throw new Error(`account ${account.id}: ${body}`);
}

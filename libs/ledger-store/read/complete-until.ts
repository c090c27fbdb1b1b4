import type { Pool } from '#database';
import type { AccountRef } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { WRITTEN_WITHIN_MS } from '../load/guards.ts';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from './attempt-read.ts';

/**
 * An account that was written this long after an instant has everything that took effect before it. Ids, and with them the
 * version, run ahead of the time where more than 4 096 are made in a millisecond, and never by as much as this.
 */
const VERSION_AHEAD_MS_MAX = 10_000;
/** A timer may fire a little early. */
const TIMER_ERROR_MS = 5;

/**
 * Resolves when everything that took effect in an account before an instant can be read, and nothing is booked there later.
 *
 * Two kinds of rows come late. What time alone has done waits for somebody to book it. And a decision is dated before it is
 * committed: it takes the account's lock at most {@link WRITTEN_WITHIN_MS} after its date. So this waits that long, then has
 * the account swept: the sweep books what is due, under the lock, for which it waits until what was decided before is committed.
 * An account that was written since needs neither, unless so many of its holds have lapsed that they are booked in parts.
 *
 * @param until by the account's clock, in milliseconds since 1970. Nothing is waited for where it lies in the future
 * @throws {LedgerUnavailable} where the account can't be swept just now, or the database isn't there
 */
export async function completeUntil(
  pool: Pool,
  engine: Pick<Engine, 'submit'>,
  account: AccountRef,
  until: number,
): Promise<void> {
  const position = await attemptRead(() => positionOf(pool, account));
  if (!position) return;
  const { writtenAt, aheadMs, now, hasLapsedHolds } = position;
  const realUntil = until - aheadMs;
  if (realUntil > now) return;
  // A test clock that was advanced may have leapt over the instant since the account was written.
  if (aheadMs === 0 && !hasLapsedHolds && writtenAt >= realUntil + VERSION_AHEAD_MS_MAX) return;
  const settledAt = realUntil + WRITTEN_WITHIN_MS;
  if (settledAt > now) await sleep(settledAt - now + TIMER_ERROR_MS);
  await bookDue(engine, account);
}

/** Books what time has done to an account. */
export async function bookDue(engine: Pick<Engine, 'submit'>, account: AccountRef): Promise<void> {
  await engine.submit({
    command: { type: 'sweep', account, expiryNotices: [] },
    key: null,
    render: () => ({ status: 200, body: '' }),
  });
}

interface Position {
  /** When the account was last written, in real time. */
  readonly writtenAt: number;
  /** How far its test clock is ahead of real time. */
  readonly aheadMs: number;
  readonly now: number;
  /** Whether any open hold has lapsed by real time. */
  readonly hasLapsedHolds: boolean;
}

interface PositionRow {
  readonly written_at: string;
  readonly ahead_ms: string;
  readonly now: Date;
  readonly has_lapsed_holds: boolean;
}

async function positionOf(pool: Pool, { key }: AccountRef): Promise<Position | undefined> {
  const { rows } = await queryable(pool).query<PositionRow>(
    `select a.id_clock >> 12 as written_at, ${aheadMsOf('a.environment', 'a.test_clock')} as ahead_ms, clock_timestamp() as now,
      exists (select from holds h where h.account_id = a.account_id and h.expires_at <= now()) as has_lapsed_holds
    from accounts a where a.account_id = $1`,
    [key],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { written_at: writtenAt, ahead_ms: aheadMs, now, has_lapsed_holds: hasLapsedHolds } = row;
  return { writtenAt: Number(writtenAt), aheadMs: Number(aheadMs), now: now.getTime(), hasLapsedHolds };
}

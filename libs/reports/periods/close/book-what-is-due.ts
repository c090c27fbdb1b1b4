import type { Pool } from '#database';
import { sweepDue, type Engine } from '#ledger-store';
import { setTimeout as sleep } from 'node:timers/promises';

/** An account that was written a moment ago is left to its requests for two seconds. */
const PAUSE_MS = 500;
/** Sweeps in a row that have booked nothing, although something is due. */
const IDLE_SWEEPS_MAX = 20;

/** What time has done to accounts before an instant, and nobody has booked yet. Their clocks are past it, so all of it is due. */
const DUE = `
  select count(distinct d.account_id)::integer as accounts from (
    select account_id from holds where expires_at <= $2 and expires_at > '-infinity'
    union all
    select account_id from grants where open and not entered and effective_at <= $2
    union all
    select account_id from grants
      where open and not expired and voided_at is null and frozen_at is null and expires_at <= $2
    union all
    select account_id from commitment_periods where not settled and period_end <= $2
    union all
    select account_id from account_refills where due_at <= $2
  ) d join accounts a on a.account_id = d.account_id where a.environment = $1`;

/**
 * Books what time has done to an environment's accounts up to an instant that all their clocks are past.
 *
 * @param onDue is told how many accounts are left
 * @returns how many accounts could not be swept
 */
export async function bookWhatIsDue(
  { engine, pool }: { readonly engine: Pick<Engine, 'submit'>; readonly pool: Pool },
  { environment, to }: { readonly environment: string; readonly to: number },
  onDue: (accounts: number) => Promise<void>,
): Promise<number> {
  for (let idle = 0; ;) {
    const { rows } = await pool.query<{ accounts: number }>(DUE, [environment, new Date(to)]);
    const due = rows[0]?.accounts ?? 0;
    if (due === 0 || idle >= IDLE_SWEEPS_MAX) return due;
    await onDue(due);
    const swept = await sweepDue(engine, pool, { expiryNotices: [], log: () => undefined });
    idle = swept > 0 ? 0 : idle + 1;
    if (swept === 0) await sleep(PAUSE_MS);
  }
}

import type { Pool } from '#database';
import { accountKey, newOwnedUuid, publicId } from '#ledger';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** So much was used of a model in the quarter of an hour that begins then. */
export interface UsedSlot {
  readonly at: number;
  readonly used: string;
  readonly model: string;
  readonly requests?: number;
  /** So many tokens, where they are said. */
  readonly tokens?: number;
}

/** Writes what an account has used straight into the rollups, of times at which nobody could use anything. */
export async function writeUsage(
  pool: Pool,
  environment: string,
  account: string,
  slots: readonly UsedSlot[],
): Promise<void> {
  const key = accountKey(environment, account);
  for (const { at, used, model, requests = 1, tokens } of slots) {
    const place = [key, new Date(at), model];
    await pool.query(
      `insert into usage_slots (account_id, slot, event, model, provider, key_id, currency, requests, late, unpriced, unknown_costs,
        paid, promotional, included, debt, uncollected, refunded, revenue, cost, promotional_cost)
      values ($1, $2, 'chat', $3, '', '00000000-0000-0000-0000-000000000000', '', $4, 0, 0, 0, $5, 0, 0, 0, 0, 0, 0, 0, 0)
      on conflict (account_id, slot, event, model, provider, key_id, currency) do update
        set paid = usage_slots.paid + excluded.paid, requests = usage_slots.requests + excluded.requests`,
      [...place, requests, used],
    );
    if (tokens === undefined) continue;
    await pool.query(
      `insert into usage_quantities (account_id, slot, event, model, provider, key_id, quantity, currency, amount, credits, cost)
      values ($1, $2, 'chat', $3, '', '00000000-0000-0000-0000-000000000000', 'tokens', '', $4, $5, 0)
      on conflict (account_id, slot, event, model, provider, key_id, quantity, currency) do update
        set amount = usage_quantities.amount + excluded.amount, credits = usage_quantities.credits + excluded.credits`,
      [...place, tokens, used],
    );
  }
}

/** The same on each of the last days of the account's time. */
export async function useDaily(
  pool: Pool,
  environment: string,
  account: string,
  { days, amount }: { readonly days: number; readonly amount: string },
): Promise<void> {
  const now = await timeOf(pool, environment);
  const midnight = now - (now % DAY_MS);
  const slots = Array.from({ length: days }, (_, day) => ({
    at: midnight - (day + 1) * DAY_MS + 12 * HOUR_MS,
    used: amount,
    model: 'large',
  }));
  await writeUsage(pool, environment, account, slots);
}

/** By the environment's clock, in milliseconds since 1970. */
export async function timeOf(pool: Pool, environment: string): Promise<number> {
  const { rows } = await pool.query<{ ahead: string }>(
    'select coalesce(max(ahead_ms), 0) as ahead from test_clocks where environment = $1',
    [environment],
  );
  return Date.now() + Number(rows[0]?.ahead ?? 0);
}

/**
 * Enters an anomaly as the worker does that has found it, with what was used in its hour, two days ago, and a week before it.
 *
 * @returns its public id
 */
export async function makeAnomaly(pool: Pool, environment: string, account: string): Promise<string> {
  const key = accountKey(environment, account);
  const id = newOwnedUuid(Date.now(), key);
  const now = await timeOf(pool, environment);
  const hour = now - (now % HOUR_MS) - 2 * DAY_MS;
  await writeUsage(pool, environment, account, [
    { at: hour - 7 * DAY_MS, used: '8', model: 'large', requests: 4, tokens: 8000 },
    { at: hour - 7 * DAY_MS, used: '2', model: 'small', requests: 4, tokens: 4000 },
    { at: hour, used: '46', model: 'large', requests: 14, tokens: 46_000 },
    { at: hour, used: '2', model: 'small', requests: 6, tokens: 4000 },
  ]);
  await pool.query(
    `insert into anomalies (account_id, id, environment, model, state, started_at, last_hour, peak, used, usual, threshold, looked_at)
    values ($1, $2, $3, '', 'open', $4, $4, $4, 48, 10, 15, clock_timestamp())`,
    [key, id, environment, new Date(hour)],
  );
  return publicId('anomaly', id);
}

import type { Amount } from '#amounts';
import type { Pool } from '#database';
import { liveRecurring, timeOf, type AccountRef, type AccountState } from '#ledger';
import { accountIn, attemptRead, inSnapshot, queryable, readSettled } from '#ledger-store';
import { catchUpAccount } from '../rollups/catch-up.ts';
import { forecast, type Forecast } from './forecast.ts';
import { readPastUsage, tagsAskedFor } from './read-usage.ts';

/** A forecast, and what it is of. */
export interface AccountForecast extends Forecast {
  readonly account: string;
  readonly unit: string;
  readonly timeZone: string;
  /** The account's time, in milliseconds since 1970. */
  readonly asOf: number;
  readonly posted: Amount;
  /** How many days ahead the account wants to know; `null`: as its environment says. */
  readonly runOutDays: number | null;
}

/** Makes forecasts of accounts as they are. */
export class ForecastReader {
  constructor(private readonly pool: Pool) {}

  /**
   * @returns `null` where there is no such account
   * @throws {LedgerUnavailable} where the database isn't there
   */
  async find(ref: AccountRef): Promise<AccountForecast | null> {
    await catchUpAccount(this.pool, ref.key);
    return attemptRead(() =>
      inSnapshot(this.pool, async (client) => {
        const loaded = await readSettled(client, ref.environment, [ref.key]);
        const state = accountIn(loaded, ref);
        if (!state) return null;
        const now = timeOf(loaded, state);
        const { key, terms, createdAt } = state.account;
        const past = await readPastUsage(queryable(client), {
          account: key,
          now,
          timeZone: terms.timeZone,
          createdAt,
          tags: tagsAskedFor(state.grants, liveRecurring(state.refills.recurring)),
        });
        return forecastOf(state, past, now);
      }),
    );
  }
}

function forecastOf(
  { account, grants, refills, posted }: AccountState,
  past: Awaited<ReturnType<typeof readPastUsage>>,
  now: number,
): AccountForecast {
  const { id, unit, terms, debt, alerts } = account;
  const recurring = liveRecurring(refills.recurring);
  const input = { ...past, now, timeZone: terms.timeZone, grants, recurring, debt, seed: account.key };
  const of = { account: id, unit, timeZone: terms.timeZone, asOf: now, posted, runOutDays: alerts.rules.runOutDays };
  return { ...forecast(input), ...of };
}

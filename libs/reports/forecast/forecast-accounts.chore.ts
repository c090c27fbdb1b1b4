import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '#ledger-store';
import { eachAccount } from '../each-account.ts';
import { dueForecasts, type DueForecast } from './due-forecasts.ts';
import { ForecastReader } from './forecast-reader.ts';
import { keepForecast } from './keep-forecast.ts';

const EVERY_MS = 30_000;

/**
 * Makes forecasts of accounts that use something, and warns of credits that run out.
 *
 * @param pool one that pipelines
 */
export function forecastAccountsChore(engine: Engine, pool: Pool, logError: (line: string) => void): TimedChore {
  const forecasts = new ForecastReader(pool);
  return {
    kind: 'timed',
    name: 'forecast_accounts',
    title: 'The forecast of accounts',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    retryMs: EVERY_MS,
    run: async () => {
      const due = await dueForecasts(pool);
      const keep = (one: DueForecast): Promise<void> => keepForecast({ engine, pool, forecasts }, one);
      const failed = await eachAccount(due, keep, { what: 'The forecast', logError });
      if (failed > 0) throw new Error(`${String(failed)} of ${String(due.length)} accounts failed`);
      return due.length > 0;
    },
  };
}

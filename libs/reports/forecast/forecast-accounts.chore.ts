import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '#ledger-store';
import { dueForecasts } from './due-forecasts.ts';
import { ForecastReader } from './forecast-reader.ts';
import { keepForecast } from './keep-forecast.ts';

const EVERY_MS = 30_000;

/**
 * Makes forecasts of accounts that use something, and warns of credits that run out.
 *
 * @param pool one that pipelines
 */
export function forecastAccountsChore(engine: Engine, pool: Pool): TimedChore {
  const forecasts = new ForecastReader(pool);
  return {
    kind: 'timed',
    name: 'forecast_accounts',
    title: 'The forecast of accounts',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    run: async () => {
      const due = await dueForecasts(pool);
      for (const one of due) await keepForecast({ engine, pool, forecasts }, one);
      return due.length > 0;
    },
  };
}

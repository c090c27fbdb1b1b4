import type { Pool } from '#database';
import { DEFAULT_ALERT_RULES, type AccountRef } from '#ledger';
import { transact, type Engine } from '#ledger-store';
import { tellOnce } from '../tell-once.ts';
import type { DueForecast } from './due-forecasts.ts';
import { forecastJson } from './forecast-json.ts';
import type { AccountForecast, ForecastReader } from './forecast-reader.ts';
import { nearness, runOutNews } from './warn-of-run-out.ts';

interface KeptRow {
  readonly warned_at: Date | null;
  readonly is_told: boolean;
}

/** Makes an account's forecast, keeps it, and warns where the credits run out soon: once, until they last longer again. */
export async function keepForecast(
  { engine, pool, forecasts }: { readonly engine: Engine; readonly pool: Pool; readonly forecasts: ForecastReader },
  { account_id: key, environment, external_id: id, stamp, days_ahead: days }: DueForecast,
): Promise<void> {
  const account: AccountRef = { environment, id, key };
  const made = await forecasts.find(account);
  if (!made) return;
  const daysAhead = made.runOutDays ?? days ?? DEFAULT_ALERT_RULES.runOutDays;
  const { warned_at: warnedAt, is_told: isTold } = await write(pool, account, { made, stamp, daysAhead });
  if (warnedAt === null || isTold || made.runsOutAt === null) return;
  const news = { type: 'forecast.runs_out', data: runOutNews(made, daysAhead) } as const;
  await tellOnce(engine, account, news, warnedAt.toISOString());
  await transact(pool, (database) =>
    database.query('update forecasts set is_told = true where account_id = $1 and warned_at = $2', [key, warnedAt]),
  );
}

interface Kept {
  readonly made: AccountForecast;
  readonly stamp: string;
  readonly daysAhead: number;
}

function write(pool: Pool, { key, environment }: AccountRef, { made, stamp, daysAhead }: Kept): Promise<KeptRow> {
  return transact(pool, async (database) => {
    const { rows } = await database.query<KeptRow>(
      `insert into forecasts as f (account_id, environment, made_at, stamp, forecast, warned_at)
      values ($1, $2, $3, $4, $5, case when $6 = 'near' then $3::timestamptz end)
      on conflict (account_id) do update set made_at = $3, stamp = $4, forecast = $5,
        warned_at = case $6 when 'near' then coalesce(f.warned_at, $3) when 'far' then null else f.warned_at end,
        is_told = f.is_told and f.warned_at is not null and $6 <> 'far'
      returning warned_at, is_told`,
      [key, environment, new Date(made.asOf), stamp, JSON.stringify(forecastJson(made)), nearness(made, daysAhead)],
    );
    const [row] = rows;
    if (!row) throw new Error(`The forecast of the account ${key} was not written.`);
    return row;
  });
}

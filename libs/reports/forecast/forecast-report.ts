import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import type { ReportDefinition } from '../reports/report-definition.ts';
import type { ReportRequest } from '../reports/report-request.ts';
import { column, type ReportRow } from '../reports/report.ts';
import { dueForecasts, type DueForecast } from './due-forecasts.ts';
import { forecastJson, type ForecastJson } from './forecast-json.ts';
import { ForecastReader } from './forecast-reader.ts';

/** Of so many accounts a report makes the forecast itself, where the worker's is old. */
const MADE_MAX = 50;

const COLUMNS = [
  column('account', 'text', 'The account.'),
  column('unit', 'text', 'The unit of its credits.'),
  column('status', 'text', '`runs_out`, `lasts`, or `not_enough_usage`.'),
  column('balance', 'credits', 'The credits in effect, minus debt.'),
  column('runs_out_at', 'instant', 'From when on something can’t be paid for; empty: not within 90 days.'),
  column('runs_out_earliest', 'instant', 'The earlier end of the range in which it runs out in 8 of 10 cases.'),
  column('runs_out_latest', 'instant', 'The later end; empty: not within 90 days, or there is no range.'),
  column('calibrated', 'text', '`yes`: past ranges would have held often enough; `no`: there is no range.'),
  column('held_percent', 'percent', 'How many ranges of the past would have held, in percent.'),
  column('usual_daily_usage', 'credits', 'What a usual day uses.'),
  column('unused_total', 'credits', 'The credits that will expire unused within 90 days.'),
  column('made_at', 'instant', 'The account’s time when the forecast was made.'),
];

/** When the credits of which account run out, the soonest first. It is about what is to come, so it has no use for a range. */
export const FORECAST_REPORT: ReportDefinition = {
  name: 'forecast',
  summary:
    'When the credits of each account run out, between which times, and what will expire unused. The range isn’t used.',
  parameters: ['account'],
  columns: () => COLUMNS,
  read: async ({ pool }, request) => {
    const { forecasts, asOf } = await readForecasts(pool, request);
    const rows = forecasts.map(rowOf).toSorted(bySoonest);
    return { columns: COLUMNS, rows, total: () => null, asOf };
  },
};

interface Forecasts {
  readonly forecasts: readonly ForecastJson[];
  /** When the oldest of them was made. */
  readonly asOf: number;
}

async function readForecasts(pool: Pool, { environment, account }: ReportRequest): Promise<Forecasts> {
  const now = Date.now();
  const reader = new ForecastReader(pool);
  if (account) {
    const made = await reader.find(account);
    return { forecasts: made ? [forecastJson(made)] : [], asOf: now };
  }
  const due = await dueForecasts(pool, { limit: null, environment });
  if (due.length > MADE_MAX) {
    const forecasts = await readKept(pool, environment);
    return { forecasts, asOf: Math.min(now, oldestOf(forecasts, due)) };
  }
  const made: ForecastJson[] = [];
  for (const { account_id: key, external_id: id } of due) {
    const one = await reader.find({ environment, id, key });
    if (one) made.push(forecastJson(one));
  }
  const known = new Set(made.map((one) => one.account));
  const kept = (await readKept(pool, environment)).filter((one) => !known.has(one.account));
  const forecasts = [...made, ...kept];
  return { forecasts, asOf: Math.min(now, oldestOf(forecasts, [])) };
}

/** What is shown was made then. An account that has no forecast yet isn't shown: it is known of as of its beginning. */
function oldestOf(forecasts: readonly ForecastJson[], due: readonly DueForecast[]): number {
  const shown = new Set(forecasts.map(({ account }) => account));
  const missing = due.filter((one) => !shown.has(one.external_id));
  const times = [...forecasts.map((one) => Date.parse(one.as_of)), ...missing.map((one) => one.created_at.getTime())];
  return times.reduce((least, time) => Math.min(least, time), Infinity);
}

/** What the worker has made. */
async function readKept(pool: Pool, environment: string): Promise<readonly ForecastJson[]> {
  const { rows } = await attemptRead(() =>
    queryable(pool).query<{ readonly forecast: ForecastJson }>(
      `select f.forecast - 'unused' as forecast from forecasts f join accounts a using (account_id)
      where f.environment = $1 and a.status <> 'closed'`,
      [environment],
    ),
  );
  return rows.map(({ forecast }) => forecast);
}

function rowOf(made: ForecastJson): ReportRow {
  const { account, unit, status, balance, range, calibration } = made;
  return {
    account,
    unit,
    status,
    balance,
    runs_out_at: made.runs_out_at,
    runs_out_earliest: range?.earliest ?? null,
    runs_out_latest: range?.latest ?? null,
    calibrated: calibration?.calibrated ? 'yes' : 'no',
    held_percent: calibration?.held_percent ?? null,
    usual_daily_usage: made.usual_daily_usage,
    unused_total: made.unused_total,
    made_at: made.as_of,
  };
}

/** Times are written so that they sort as text; those that last come last. */
function bySoonest(a: ReportRow, b: ReportRow): number {
  const [first, second] = [a, b].map((row) => `${String(row['runs_out_at'] ?? '~')} ${String(row['account'])}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

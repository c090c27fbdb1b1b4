import { formatAmount } from '#amounts';
import type { LedgerEvents } from '#ledger';
import type { AccountForecast } from './forecast-reader.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Whether a forecast is worth a warning, by how many days ahead the account wants to know: `near` warns once, `far` ends the episode. In
 * between, it may waver from one forecast to the next, and nothing changes. Where nothing is left, that was told already.
 */
export function nearness(made: AccountForecast, daysAhead: number): 'near' | 'between' | 'far' {
  const { runsOutAt, asOf, posted } = made;
  if (runsOutAt === null || daysAhead === 0) return 'far';
  const left = runsOutAt - asOf;
  if (left > (daysAhead + 1) * DAY_MS) return 'far';
  return left <= daysAhead * DAY_MS && posted.gt(0) ? 'near' : 'between';
}

/** What is told of it. */
export function runOutNews(made: AccountForecast, daysAhead: number): LedgerEvents['forecast.runs_out'] {
  const { runsOutAt, asOf, range, usualDay } = made;
  return {
    runs_out_at: new Date(runsOutAt ?? asOf).toISOString(),
    days_ahead: daysAhead,
    range: range && { earliest: optionalTime(range.earliest), latest: optionalTime(range.latest) },
    usual_daily_usage: formatAmount(usualDay),
  };
}

function optionalTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

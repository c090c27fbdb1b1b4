import { Amount, formatAmount, ZERO } from '#amounts';
import { percentOf, publicId } from '#ledger';
import type { Calibration } from './back-test.ts';
import type { AccountForecast } from './forecast-reader.ts';
import { amountOf } from './picos.ts';
import type { Unused } from './simulate.ts';

/** A forecast as it is shown and kept. */
export type ForecastJson = ReturnType<typeof forecastJson>;

export function forecastJson(made: AccountForecast) {
  const { runsOutAt, range, calibration, unused, timeZone } = made;
  return {
    account: made.account,
    unit: made.unit,
    time_zone: timeZone,
    as_of: time(made.asOf),
    until: time(made.until),
    status: made.status,
    balance: formatAmount(made.posted),
    runs_out_at: optionalTime(runsOutAt),
    runs_out_on: runsOutAt === null ? null : dateIn(timeZone, runsOutAt),
    range: range && { earliest: optionalTime(range.earliest), latest: optionalTime(range.latest) },
    calibration: calibration && calibrationJson(calibration),
    usual_daily_usage: formatAmount(made.usualDay),
    active_days: made.activeDays,
    unused_total: formatAmount(unused.reduce((sum, { credits }) => sum.plus(amountOf(credits)), ZERO)),
    unused: unused.map(unusedJson),
  };
}

function calibrationJson({ forecasts, held, daysAhead, isCalibrated }: Calibration) {
  return {
    calibrated: isCalibrated,
    forecasts,
    held,
    held_percent: forecasts === 0 ? null : percentOf(new Amount(held), new Amount(forecasts)),
    days_ahead: daysAhead,
  };
}

function unusedJson({ grant, expiresAt, credits }: Unused) {
  return {
    grant: grant === null ? null : publicId('grant', grant),
    expires_at: time(expiresAt),
    amount: formatAmount(amountOf(credits)),
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function optionalTime(at: number | null): string | null {
  return at === null ? null : time(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of the calendar that an instant belongs to: `2026-03-31`. */
function dateIn(timeZone: string, at: number): string {
  const known = formats.get(timeZone);
  // Canada writes dates as ISO 8601 does.
  const format = known ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  if (!known) formats.set(timeZone, format);
  return format.format(at);
}

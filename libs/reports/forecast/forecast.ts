import { type Amount, ZERO } from '#amounts';
import { windowOf } from '#calendar';
import type { Grant, RecurringGrant } from '#ledger';
import { backTest, type Calibration } from './back-test.ts';
import { courseOf, type Course, type Demand } from './course.ts';
import { bandOf, likelyDays } from './likely-days.ts';
import { amountOf, picos } from './picos.ts';
import { seededDraw } from './seeded-draw.ts';
import { simulate, type Unused } from './simulate.ts';
import { suppliesUntil } from './supplies.ts';
import { ACTIVE_DAYS_MIN, activeDays, SAMPLE_DAYS, usualDays } from './usual-days.ts';

/** How far a forecast looks, today included. */
export const HORIZON_DAYS = 90;
/** So many whole days of the past are of use: what is usual is taken from the last of them, the others are for the back-test. */
export const PAST_DAYS = 84;

const COURSES = 200;

/** What is known of an account. Times are milliseconds since 1970, by its clock. */
export interface ForecastInput {
  readonly now: number;
  readonly timeZone: string;
  /** What was used on each of the last {@link PAST_DAYS} days, or since the account was made; the oldest first, yesterday last. */
  readonly days: readonly Amount[];
  /** What usage is for, by its share. None: everything may pay for it that pays for anything. */
  readonly demands: readonly Demand[];
  readonly grants: readonly Grant[];
  readonly recurring: readonly RecurringGrant[];
  readonly debt: Amount;
  /** The same for the same account: a forecast that is asked for twice says the same. */
  readonly seed: string;
}

/** What an account's credits come to, if it goes on as it did and nothing is bought. */
export interface Forecast {
  /** `not_enough_usage`: nothing can be said, and nothing else is. */
  readonly status: 'runs_out' | 'lasts' | 'not_enough_usage';
  readonly runsOutAt: number | null;
  /** The days between which it runs out in 8 of 10 cases; `null` where that can't be said. */
  readonly range: RunOutRange | null;
  readonly calibration: Calibration | null;
  readonly unused: readonly Unused[];
  /** What is used on a usual day, on the average of a week. */
  readonly usualDay: Amount;
  readonly activeDays: number;
  /** When the last day ends that it looks at. */
  readonly until: number;
}

/** `null`: not within the horizon. */
export interface RunOutRange {
  readonly earliest: number | null;
  readonly latest: number | null;
}

/** Makes a forecast. The same input gives the same. */
export function forecast(input: ForecastInput): Forecast {
  const { now, timeZone, days } = input;
  const past = days.map((used) => (used.isNegative() ? ZERO : used));
  const active = activeDays(past);
  const course = courseAhead(input);
  const until = course.days.at(-1)?.end ?? now;
  if (active < ACTIVE_DAYS_MIN) return { ...NOTHING_KNOWN, activeDays: active, until };
  const usual = usualDays(past).map(picos);
  const outcome = simulate(course, (day) => usual[day % usual.length] ?? 0n, 'horizon');
  const seed = `${input.seed} ${String(windowOf('day', timeZone, now).start)}`;
  const used = past.map(picos);
  const calibration = backTest(used, daysUntil(course, outcome.runsOutAt), seed);
  return {
    status: outcome.runsOutAt === null ? 'lasts' : 'runs_out',
    runsOutAt: outcome.runsOutAt,
    range: calibration.isCalibrated ? rangeOf(course, used.slice(-SAMPLE_DAYS), outcome.runsOutAt, seed) : null,
    calibration,
    unused: outcome.unused,
    usualDay: amountOf(usual.reduce((sum, one) => sum + one, 0n) / BigInt(usual.length)),
    activeDays: active,
    until,
  };
}

const NOTHING_KNOWN = {
  status: 'not_enough_usage',
  runsOutAt: null,
  range: null,
  calibration: null,
  unused: [],
  usualDay: ZERO,
} as const;

function courseAhead({ now, timeZone, demands, grants, recurring, debt }: ForecastInput): Course {
  const longest = now + (HORIZON_DAYS + 1) * 24 * 60 * 60 * 1000;
  return courseOf({
    supplies: suppliesUntil(grants, recurring, now, longest),
    demands: demands.some(({ weight }) => weight > 0n) ? demands : [ANYTHING],
    debt: picos(debt),
    now,
    timeZone,
    horizonDays: HORIZON_DAYS,
  });
}

const ANYTHING: Demand = { spending: { usage: [], tags: {} }, weight: 1n };

function daysUntil({ days }: Course, runsOutAt: number | null): number {
  return runsOutAt === null ? days.length : days.filter(({ start }) => start <= runsOutAt).length;
}

/** None where what is most likely lies outside: what was used lately differs too much from day to day to be drawn from. */
function rangeOf(course: Course, recent: readonly bigint[], expected: number | null, seed: string): RunOutRange | null {
  const likely = likelyDays(recent, seededDraw(seed));
  if (!likely) return null;
  const ends = Array.from({ length: COURSES }, () => {
    const used = likely.course(course.days.length);
    return simulate(course, (day) => used[day] ?? 0n, 'run_out').runsOutAt ?? Infinity;
  });
  const band = bandOf(ends);
  const likeliest = expected ?? Infinity;
  if (!band || likeliest < band.low || band.high < likeliest) return null;
  return { earliest: finite(band.low), latest: finite(band.high) };
}

function finite(at: number): number | null {
  return at === Infinity ? null : at;
}

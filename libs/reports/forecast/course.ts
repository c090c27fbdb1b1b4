import { windowOf } from '#calendar';
import { mayPayFor, type Spending } from '#ledger';
import { picos } from './picos.ts';
import type { Supply } from './supplies.ts';

/** A part of what is used, and what for: that decides which grants may pay for it. */
export interface Demand {
  readonly spending: Spending;
  /** How large it is beside the others; 0 or more. */
  readonly weight: bigint;
}

/** A stretch of a day in which the same supplies can be spent. */
export interface Step {
  /** 0 is today. */
  readonly day: number;
  readonly from: number;
  readonly to: number;
  /** The supplies that expire at `from`. */
  readonly expiring: readonly number[];
  /** The supplies that come into effect at `from`. */
  readonly entering: readonly number[];
  /** For each part of what is used, the supplies that may pay for it, in burn-down order. */
  readonly payers: readonly (readonly number[])[];
}

/** What is known of an account's next days, whatever will be used in them. */
export interface Course {
  readonly supplies: readonly Supply[];
  /** How large a part of what is used the supplies of each entry of `payers` may pay for. */
  readonly weights: readonly bigint[];
  /** What is owed: whatever comes into effect repays it first. */
  readonly debt: bigint;
  readonly days: readonly Day[];
  readonly steps: readonly Step[];
}

/** A day of the account's calendar, in milliseconds since 1970; of today, `from` is now. */
export interface Day {
  readonly start: number;
  readonly from: number;
  readonly end: number;
}

export interface CourseInput extends Pick<Course, 'supplies' | 'debt'> {
  readonly demands: readonly Demand[];
  readonly now: number;
  readonly timeZone: string;
  readonly horizonDays: number;
}

/** Cuts the next days where supplies come into effect or expire. */
export function courseOf({ supplies, demands, debt, now, timeZone, horizonDays }: CourseInput): Course {
  const days = daysFrom(now, timeZone, horizonDays);
  const cuts = supplies.flatMap(({ terms: { effectiveAt, expiresAt } }) => [effectiveAt, expiresAt ?? 0]);
  const steps = days.flatMap(({ from, end }, day) => {
    const inside = [...new Set([from, ...cuts.filter((cut) => cut > from && cut < end)])].toSorted((a, b) => a - b);
    return inside.map((start, index) => ({ day, from: start, to: inside[index + 1] ?? end }));
  });
  const parts = partsOf(demands, supplies);
  const eligible = parts.map(({ may }) => may);
  const weights = parts.map(({ weight }) => weight);
  return { supplies, weights, debt, days, steps: steps.map((step) => stepOf(step, supplies, eligible)) };
}

/** Demands that the same supplies may pay for are one: where no grant has a scope, there is only one. */
function partsOf(
  demands: readonly Demand[],
  supplies: readonly Supply[],
): readonly { readonly may: readonly boolean[]; readonly weight: bigint }[] {
  const parts = new Map<string, { may: readonly boolean[]; weight: bigint }>();
  for (const { spending, weight } of demands) {
    const may = supplies.map(({ terms }) => mayPayFor(terms, spending));
    const key = may.map(Number).join('');
    parts.set(key, { may, weight: weight + (parts.get(key)?.weight ?? 0n) });
  }
  return [...parts.values()];
}

function daysFrom(now: number, timeZone: string, count: number): readonly Day[] {
  const days: Day[] = [];
  for (let from = now; days.length < count; from = days.at(-1)?.end ?? now) {
    const { start, end } = windowOf('day', timeZone, from);
    if (end === null) break;
    days.push({ start, from, end });
  }
  return days;
}

function stepOf(
  step: Pick<Step, 'day' | 'from' | 'to'>,
  supplies: readonly Supply[],
  eligible: readonly (readonly boolean[])[],
): Step {
  const all = supplies.map((_, index) => index);
  const termsAt = (index: number) => supplies[index]?.terms;
  const isThere = (index: number): boolean => {
    const terms = termsAt(index);
    return (
      terms !== undefined && terms.effectiveAt <= step.from && (terms.expiresAt === null || terms.expiresAt > step.from)
    );
  };
  const there = all.filter(isThere);
  return {
    ...step,
    expiring: all.filter((index) => termsAt(index)?.expiresAt === step.from),
    entering: all.filter((index) => termsAt(index)?.effectiveAt === step.from),
    payers: eligible.map((may) => there.filter((index) => may[index])),
  };
}

/** The credits of each supply to begin with. */
export function creditsOf({ supplies }: Course): bigint[] {
  return supplies.map(({ credits }) => picos(credits));
}

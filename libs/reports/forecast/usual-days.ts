import { type Amount, ZERO } from '#amounts';
import { medianOf } from '#ledger';

/** What is usual is taken from so many days. */
export const SAMPLE_DAYS = 28;
/** With fewer days on which anything was used there is no saying what is usual. */
export const ACTIVE_DAYS_MIN = 3;

const WEEK = 7;

/** On how many of the last {@link SAMPLE_DAYS} days anything was used. @param days whole days, the oldest first, yesterday last */
export function activeDays(days: readonly Amount[]): number {
  return days.slice(-SAMPLE_DAYS).filter((used) => used.gt(ZERO)).length;
}

/**
 * What is usually used today and on the six days after it: the medians of the same weekdays among the last {@link SAMPLE_DAYS} days. A
 * weekday that none of them is has the median of all.
 *
 * @param days whole days, the oldest first, yesterday last
 */
export function usualDays(days: readonly Amount[]): readonly Amount[] {
  const recent = days.slice(-SAMPLE_DAYS);
  return Array.from({ length: WEEK }, (_, ahead) => {
    const alike = sameWeekday(recent, ahead);
    return medianOf(alike.length > 0 ? alike : recent);
  });
}

/** Of whole days up to yesterday, those that are the same day of the week as the one so many days from today. */
export function sameWeekday<Day>(days: readonly Day[], ahead: number): readonly Day[] {
  return days.filter((_, index) => (days.length + ahead - index) % WEEK === 0);
}

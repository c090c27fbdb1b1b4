import { EPOCH } from './world.ts';

const DAYS = { day: 1, week: 7 };
const DAY = 24 * 60 * 60_000;

export interface Rhythm {
  readonly interval: 'day' | 'week' | 'month';
  readonly every: number;
}

/** The period that an instant belongs to, of those that are counted from an anchor. Accounts of the model live by UTC. */
export function periodAround(
  { interval, every }: Rhythm,
  anchor: number,
  at: number,
): { readonly begin: number; readonly end: number } {
  if (interval === 'month') {
    let number = 0;
    while (monthsAfter(anchor, number * every) > at) number -= 1;
    while (monthsAfter(anchor, (number + 1) * every) <= at) number += 1;
    return { begin: monthsAfter(anchor, number * every), end: monthsAfter(anchor, (number + 1) * every) };
  }
  const length = every * DAYS[interval] * DAY;
  const begin = anchor + Math.floor((at - anchor) / length) * length;
  return { begin, end: begin + length };
}

/** At the same time of the same day, or of the last one of a shorter month. */
function monthsAfter(anchor: number, months: number): number {
  const from = new Date(EPOCH + anchor);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay));
  return midnight + ((EPOCH + anchor) % DAY) - EPOCH;
}

/** The day, week or month of an instant by the calendar; weeks begin on Monday. */
export function calendarWindow(period: 'day' | 'week' | 'month', at: number): { begin: number; end: number } {
  const monday = Date.UTC(2026, 10, 30) - EPOCH;
  return periodAround({ interval: period, every: 1 }, period === 'week' ? monday : 0, at);
}

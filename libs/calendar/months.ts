import { Temporal } from 'temporal-polyfill';

/** A month by the calendar of a time zone, like `2026-03`. */
export function monthOf(at: number, timeZone: string): string {
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return date.toPlainDate().toPlainYearMonth().toString();
}

/** When a month begins and ends, in milliseconds since 1970. */
export function rangeOfMonth(month: string, timeZone: string): { readonly from: number; readonly to: number } {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  const from = first.toZonedDateTime(timeZone).epochMilliseconds;
  const to = first.add({ months: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  return { from, to };
}

/** How many days of a calendar lie between two instants. */
export function daysBetween(earlier: number, later: number, timeZone: string): number {
  const day = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  return day(earlier).until(day(later)).days;
}

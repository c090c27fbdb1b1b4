const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** A part of each day in a time zone, which may span midnight. */
export class TimeOfDay {
  readonly #from: number;
  readonly #to: number;
  readonly #minuteOfDay: (at: number) => number;

  private constructor(from: number, to: number, minuteOfDay: (at: number) => number) {
    this.#from = from;
    this.#to = to;
    this.#minuteOfDay = minuteOfDay;
  }

  /** Reads `22:00-06:00 UTC` or `22:00-06:00 Europe/Berlin`; null where it isn't such a text, or the zone isn't known. */
  static parse(text: string): TimeOfDay | null {
    const found = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d) (\S+)$/.exec(text);
    if (!found) return null;
    const [, fromHour = '', fromMinute = '', toHour = '', toMinute = '', zone = ''] = found;
    const from = Number(fromHour) * 60 + Number(fromMinute);
    const to = Number(toHour) * 60 + Number(toMinute);
    const minuteOfDay = minuteOfDayIn(zone);
    if (from === to || from >= DAY_MINUTES || to > DAY_MINUTES || !minuteOfDay) return null;
    return new TimeOfDay(from, to, minuteOfDay);
  }

  /** Whether an instant, in milliseconds since 1970, lies in it. The end is exclusive. */
  includes(at: number): boolean {
    const minute = this.#minuteOfDay(at);
    if (this.#from < this.#to) return minute >= this.#from && minute < this.#to;
    return minute >= this.#from || minute < this.#to;
  }
}

/** Tells the minute of the day in a zone; null where there is no such zone. */
function minuteOfDayIn(zone: string): ((at: number) => number) | null {
  if (zone === 'UTC') return (at) => Math.floor(at / MINUTE_MS) % DAY_MINUTES;
  const format = clockIn(zone);
  if (!format) return null;
  // A formatter takes microseconds. Requests come many to the minute.
  let minute = NaN;
  let minuteOfDay = 0;
  return (at) => {
    const asked = Math.floor(at / MINUTE_MS);
    if (asked !== minute) {
      const [hour, rest] = format.format(asked * MINUTE_MS).split(':');
      minuteOfDay = Number(hour) * 60 + Number(rest);
      minute = asked;
    }
    return minuteOfDay;
  };
}

function clockIn(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    return null;
  }
}

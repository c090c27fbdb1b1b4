import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { windowOf, type Period } from './window.ts';

const HOUR = 60 * 60 * 1000;

/** The window as text, in UTC; the same for each instant of it. */
function windowAt(period: Period, timeZone: string, time: string): string[] {
  const { start, end } = windowOf(period, timeZone, Date.parse(time));
  return [start, end ?? Number.NaN].map((at) => new Date(at).toISOString());
}

/** The starts of the window that an instant belongs to and of those that follow, in UTC. */
function startsFrom(period: Period, timeZone: string, anchor: string, time: string, count: number): string[] {
  const starts: string[] = [];
  for (let at = Date.parse(time); starts.length < count;) {
    const { start, end } = windowOf(period, timeZone, at, Date.parse(anchor));
    starts.push(new Date(start).toISOString());
    at = end ?? Number.NaN;
  }
  return starts;
}

function hoursOfDay(timeZone: string, time: string): number {
  const { start, end } = windowOf('day', timeZone, Date.parse(time));
  return ((end ?? Number.NaN) - start) / HOUR;
}

/** What clocks in a zone show, by the calendar of the platform. */
function wallClock(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}

describe('the month', () => {
  it.each([
    ['Europe/Berlin', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['America/Sao_Paulo', '2026-03-01T03:00:00.000Z', '2026-04-01T03:00:00.000Z'],
    ['Asia/Kathmandu', '2026-02-28T18:15:00.000Z', '2026-03-31T18:15:00.000Z'],
    ['Pacific/Auckland', '2026-02-28T11:00:00.000Z', '2026-03-31T11:00:00.000Z'],
    ['UTC', '2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
  ])('of %s has its borders to the millisecond', (timeZone, start, end) => {
    expect(windowAt('month', timeZone, start)).toEqual([start, end]);
    expect(windowAt('month', timeZone, new Date(Date.parse(end) - 1).toISOString())).toEqual([start, end]);
    expect(windowAt('month', timeZone, new Date(Date.parse(start) - 1).toISOString())[1]).toBe(start);
    expect(windowAt('month', timeZone, end)[0]).toBe(end);
  });

  it.each([
    ['Europe/Berlin', '2026-03-10T12:00:00Z', 31 * 24 - 1],
    ['Europe/Berlin', '2026-10-10T12:00:00Z', 31 * 24 + 1],
    ['Pacific/Auckland', '2026-04-10T12:00:00Z', 30 * 24 + 1],
    ['Pacific/Auckland', '2026-09-10T12:00:00Z', 30 * 24 - 1],
    ['Asia/Kathmandu', '2026-03-10T12:00:00Z', 31 * 24],
    ['UTC', '2028-02-10T12:00:00Z', 29 * 24],
  ])('of %s around %s has as many hours as its clocks show', (timeZone, time, hours) => {
    const { start, end } = windowOf('month', timeZone, Date.parse(time));
    expect(((end ?? Number.NaN) - start) / HOUR).toBe(hours);
  });
});

describe('the day', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', 25],
    ['Pacific/Auckland', '2026-09-27T00:00:00Z', 23],
    ['Pacific/Auckland', '2026-04-05T00:00:00Z', 25],
    ['America/Sao_Paulo', '2018-11-04T12:00:00Z', 23],
    ['America/Sao_Paulo', '2018-02-17T12:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-05T00:00:00Z', 24.5],
    ['Europe/Berlin', '2026-11-29T12:00:00Z', 24],
  ])('of %s around %s has %d hours', (timeZone, time, hours) => {
    expect(hoursOfDay(timeZone, time)).toBe(hours);
  });

  it('starts at its first instant where clocks are set forward over midnight', () => {
    const day = ['2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'];
    expect(windowAt('day', 'America/Sao_Paulo', '2018-11-04T03:00:00Z')).toEqual(day);
    expect(wallClock('America/Sao_Paulo', Date.parse('2018-11-04T03:00:00Z'))).toBe('2018-11-04 01:00:00');
  });

  it('goes on where clocks are set back past midnight, and it is the evening before once more', () => {
    const day = ['2010-11-07T02:30:00.000Z', '2010-11-08T03:30:00.000Z'];
    expect(wallClock('America/St_Johns', Date.parse('2010-11-07T02:45:00Z'))).toBe('2010-11-06 23:15:00');
    expect(windowAt('day', 'America/St_Johns', '2010-11-07T02:45:00Z')).toEqual(day);
  });

  it('ends where a zone leaves out the next one', () => {
    expect(windowAt('day', 'Pacific/Apia', '2011-12-30T05:00:00Z')).toEqual([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ]);
    expect(windowAt('day', 'Pacific/Apia', '2011-12-30T10:00:00Z')[0]).toBe('2011-12-30T10:00:00.000Z');
  });
});

it('the week begins on Monday', () => {
  expect(windowAt('week', 'Europe/Berlin', '2026-11-29T22:59:59.999Z')).toEqual([
    '2026-11-22T23:00:00.000Z',
    '2026-11-29T23:00:00.000Z',
  ]);
  expect(windowAt('week', 'Europe/Berlin', '2026-11-29T23:00:00Z')[0]).toBe('2026-11-29T23:00:00.000Z');
});

it('all of time has one window, whatever it is counted from', () => {
  const at = Date.parse('2026-11-29T12:00:00Z');
  expect(windowOf('total', 'Europe/Berlin', at)).toEqual({ start: 0, end: null });
  expect(windowOf('total', 'Europe/Berlin', at, at)).toEqual({ start: 0, end: null });
});

it('a time zone that there isn’t is an error', () => {
  expect(() => windowOf('day', 'Europe/Atlantis', 0)).toThrow(RangeError);
  expect(() => windowOf('day', 'Europe/Atlantis', 0, 0)).toThrow(RangeError);
});

describe('counted from an anchor', () => {
  it('months from the 31st end on the last day of shorter ones, and come back to the 31st', () => {
    const anchor = '2026-01-31T09:30:00.250Z';
    expect(startsFrom('month', 'UTC', anchor, '2026-01-31T09:30:00.250Z', 5)).toEqual([
      '2026-01-31T09:30:00.250Z',
      '2026-02-28T09:30:00.250Z',
      '2026-03-31T09:30:00.250Z',
      '2026-04-30T09:30:00.250Z',
      '2026-05-31T09:30:00.250Z',
    ]);
    expect(startsFrom('month', 'UTC', anchor, '2028-02-29T09:30:00.250Z', 1)).toEqual(['2028-02-29T09:30:00.250Z']);
    expect(startsFrom('month', 'UTC', anchor, '2026-03-31T09:30:00.249Z', 1)).toEqual(['2026-02-28T09:30:00.250Z']);
  });

  it('weeks begin on its weekday at its time of day, through both changes of the clocks', () => {
    // A Wednesday, 10:00 in Berlin.
    const anchor = '2026-03-25T09:00:00Z';
    expect(startsFrom('week', 'Europe/Berlin', anchor, '2026-03-26T00:00:00Z', 2)).toEqual([
      '2026-03-25T09:00:00.000Z',
      '2026-04-01T08:00:00.000Z',
    ]);
    expect(startsFrom('week', 'Europe/Berlin', anchor, '2026-10-28T08:59:59Z', 2)).toEqual([
      '2026-10-21T08:00:00.000Z',
      '2026-10-28T09:00:00.000Z',
    ]);
  });

  it('days begin at its time of day, and have 23 or 25 hours when clocks are changed', () => {
    const anchor = '2026-01-10T05:00:00Z';
    expect(startsFrom('day', 'Europe/Berlin', anchor, '2026-03-28T05:00:00Z', 3)).toEqual([
      '2026-03-28T05:00:00.000Z',
      '2026-03-29T04:00:00.000Z',
      '2026-03-30T04:00:00.000Z',
    ]);
    expect(startsFrom('day', 'Europe/Berlin', anchor, '2026-10-24T04:00:00Z', 3)).toEqual([
      '2026-10-24T04:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
      '2026-10-26T05:00:00.000Z',
    ]);
  });

  it('a day starts as much later where clocks are set forward over its time', () => {
    expect(startsFrom('day', 'Europe/Berlin', '2026-01-10T01:30:00Z', '2026-03-29T02:00:00Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('a day starts the first time where clocks show its time twice, and doesn’t start again', () => {
    const anchor = '2026-01-10T01:30:00Z';
    expect(startsFrom('day', 'Europe/Berlin', anchor, '2026-10-25T00:30:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    // 02:15 for the second time.
    expect(startsFrom('day', 'Europe/Berlin', anchor, '2026-10-25T01:15:00Z', 1)).toEqual(['2026-10-25T00:30:00.000Z']);
  });

  it('a day is left out with the one that a zone leaves out', () => {
    expect(startsFrom('day', 'Pacific/Apia', '2011-12-01T16:00:00Z', '2011-12-29T16:00:00Z', 3)).toEqual([
      '2011-12-29T16:00:00.000Z',
      '2011-12-30T16:00:00.000Z',
      '2011-12-31T16:00:00.000Z',
    ]);
  });

  it('reaches back before the anchor', () => {
    expect(startsFrom('month', 'UTC', '2026-03-31T00:00:00Z', '2026-02-01T00:00:00Z', 2)).toEqual([
      '2026-01-31T00:00:00.000Z',
      '2026-02-28T00:00:00.000Z',
    ]);
  });
});

it('windows have every instant in exactly one of them, whatever was asked before', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Asia/Kathmandu',
    'Pacific/Auckland',
    'Pacific/Apia',
  );
  const period = fc.constantFrom<Period>('day', 'week', 'month');
  const instant = fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2030, 0) });
  fc.assert(
    fc.property(zone, period, instant, fc.option(instant), (timeZone, period, at, anchor) => {
      const { start, end } = windowOf(period, timeZone, at, anchor);
      expect(start).toBeLessThanOrEqual(at);
      expect(end).toBeGreaterThan(at);
      expect(windowOf(period, timeZone, start - 1, anchor).end).toBe(start);
      expect(windowOf(period, timeZone, end ?? Number.NaN, anchor).start).toBe(end);
    }),
    { numRuns: 1000 },
  );
});

it('a window starts at its anchor, and every one counted from it when clocks show the same time of day', () => {
  const instant = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2030, 0) });
  const period = fc.constantFrom<Period>('day', 'week', 'month');
  fc.assert(
    fc.property(period, instant, instant, (period, anchor, at) => {
      expect(windowOf(period, 'Europe/Berlin', anchor, anchor).start).toBe(anchor);
      const { start } = windowOf(period, 'Asia/Kathmandu', at, anchor);
      expect(wallClock('Asia/Kathmandu', start).slice(11)).toBe(wallClock('Asia/Kathmandu', anchor).slice(11));
    }),
    { numRuns: 500 },
  );
});

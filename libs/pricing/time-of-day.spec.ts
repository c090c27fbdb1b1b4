import { describe, expect, it } from '@jest/globals';
import { TimeOfDay } from './time-of-day.ts';

const includes = (hours: string, at: string): boolean | undefined => TimeOfDay.parse(hours)?.includes(Date.parse(at));

describe('a time of day', () => {
  it.each([
    ['08:00-18:00 UTC', '2026-03-01T07:59:59.999Z', false],
    ['08:00-18:00 UTC', '2026-03-01T08:00:00Z', true],
    ['08:00-18:00 UTC', '2026-03-01T18:00:00Z', false],
    ['22:00-06:00 UTC', '2026-03-01T23:30:00Z', true],
    ['22:00-06:00 UTC', '2026-03-01T00:00:00Z', true],
    ['22:00-06:00 UTC', '2026-03-01T06:00:00Z', false],
    ['00:00-24:00 UTC', '2026-03-01T23:59:59Z', true],
    ['22:00-06:00 Europe/Berlin', '2026-01-15T21:00:00Z', true],
    ['22:00-06:00 Europe/Berlin', '2026-07-15T20:00:00Z', true],
    ['22:00-06:00 Europe/Berlin', '2026-01-15T20:00:00Z', false],
    ['12:00-13:00 Asia/Kolkata', '2026-01-15T06:30:00Z', true],
    ['12:00-13:00 Asia/Kolkata', '2026-01-15T06:29:00Z', false],
  ])('%s at %s: %s', (hours, at, expected) => {
    expect(includes(hours, at)).toBe(expected);
  });

  it('is told anew every minute', () => {
    const time = TimeOfDay.parse('12:00-13:00 Europe/Berlin');
    const at = Date.parse('2026-01-15T11:00:00Z');
    expect([at - 1, at, at + 1, at + 3_600_000].map((instant) => time?.includes(instant))).toEqual([
      ...[false, true, true, false],
    ]);
  });
});

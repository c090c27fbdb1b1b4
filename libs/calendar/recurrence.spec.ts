import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginningOf, INTERVALS, periodAt, type Interval, type Recurrence } from './recurrence.ts';

function recurrence(interval: Interval, anchor: string, timeZone = 'UTC', every = 1): Recurrence {
  return { interval, every, anchor: Date.parse(anchor), timeZone };
}

/** The first beginnings, in UTC. */
function beginnings(of: Recurrence, count: number): string[] {
  return Array.from({ length: count }, (_, number) => new Date(beginningOf(of, number)).toISOString());
}

describe('periods that recur', () => {
  it('of the 31st begin on the last day of shorter months, and on the 31st again', () => {
    expect(beginnings(recurrence('month', '2027-10-31T08:30:00.000Z'), 6)).toEqual([
      '2027-10-31T08:30:00.000Z',
      '2027-11-30T08:30:00.000Z',
      '2027-12-31T08:30:00.000Z',
      '2028-01-31T08:30:00.000Z',
      '2028-02-29T08:30:00.000Z',
      '2028-03-31T08:30:00.000Z',
    ]);
  });

  it('of 29 February begin on the 28th in other years', () => {
    expect(beginnings(recurrence('year', '2028-02-29T00:00:00.000Z'), 5)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2029-02-28T00:00:00.000Z',
      '2030-02-28T00:00:00.000Z',
      '2031-02-28T00:00:00.000Z',
      '2032-02-29T00:00:00.000Z',
    ]);
  });

  it('may take several intervals each', () => {
    expect(beginnings(recurrence('month', '2026-11-30T00:00:00.000Z', 'UTC', 3), 4)).toEqual([
      '2026-11-30T00:00:00.000Z',
      '2027-02-28T00:00:00.000Z',
      '2027-05-30T00:00:00.000Z',
      '2027-08-30T00:00:00.000Z',
    ]);
    expect(beginnings(recurrence('week', '2026-12-28T10:00:00.000Z', 'UTC', 2), 3)).toEqual([
      '2026-12-28T10:00:00.000Z',
      '2027-01-11T10:00:00.000Z',
      '2027-01-25T10:00:00.000Z',
    ]);
  });

  it('begin at the same time of day where clocks are set forward and back', () => {
    expect(beginnings(recurrence('day', '2027-03-26T23:00:00.000Z', 'Europe/Berlin'), 4)).toEqual([
      '2027-03-26T23:00:00.000Z',
      '2027-03-27T23:00:00.000Z',
      '2027-03-28T22:00:00.000Z',
      '2027-03-29T22:00:00.000Z',
    ]);
    expect(beginnings(recurrence('day', '2027-10-29T22:00:00.000Z', 'Europe/Berlin'), 4)).toEqual([
      '2027-10-29T22:00:00.000Z',
      '2027-10-30T22:00:00.000Z',
      '2027-10-31T23:00:00.000Z',
      '2027-11-01T23:00:00.000Z',
    ]);
  });

  it('begin as much later where clocks are set forward over their time of day', () => {
    // At 2:00 on 28 March 2027 clocks in Berlin are set to 3:00, so 2:30 is 3:30.
    expect(beginnings(recurrence('day', '2027-03-27T01:30:00.000Z', 'Europe/Berlin'), 3)).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  it('begin the first time where clocks show their time of day twice', () => {
    expect(beginnings(recurrence('day', '2027-10-30T00:30:00.000Z', 'Europe/Berlin'), 3)).toEqual([
      '2027-10-30T00:30:00.000Z',
      '2027-10-31T00:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ]);
  });

  it('begin at the anchor itself where it is the second of two times that clocks show', () => {
    const second = recurrence('day', '2027-10-31T01:30:00.000Z', 'Europe/Berlin');
    expect(beginningOf(second, 0)).toBe(second.anchor);
    expect(periodAt(second, second.anchor)).toBe(0);
    expect(periodAt(second, second.anchor - 1)).toBe(-1);
  });

  it('follow one another without a gap or an overlap, and each instant belongs to the one that says so', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
    ];
    const times = { min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) };
    fc.assert(
      fc.property(
        fc.constantFrom(...INTERVALS),
        fc.integer({ min: 1, max: 13 }),
        fc.constantFrom(...zones),
        fc.integer(times),
        fc.integer(times),
        (interval, every, timeZone, anchor, at) => {
          const of = { interval, every, anchor, timeZone };
          const number = periodAt(of, at);
          expect(beginningOf(of, number)).toBeLessThanOrEqual(at);
          expect(beginningOf(of, number + 1)).toBeGreaterThan(at);
          expect(periodAt(of, beginningOf(of, number))).toBe(number);
        },
      ),
      { numRuns: 500 },
    );
  });
});

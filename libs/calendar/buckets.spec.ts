import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BUCKETS, bucketBounds, type Bucket } from './buckets.ts';

function bounds(bucket: Bucket, timeZone: string, from: string, to: string): string[] {
  const range = { from: Date.parse(from), to: Date.parse(to) };
  return bucketBounds(bucket, timeZone, range, 100).map((at) => new Date(at).toISOString().slice(0, 16));
}

describe('the buckets of a range', () => {
  it('are the local days that it touches, of 23 and 25 hours too', () => {
    expect(bounds('day', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ]);
    expect(bounds('day', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-25T13:00Z')).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
  });

  it('are weeks from Monday, and months', () => {
    expect(bounds('week', 'UTC', '2026-11-29T00:00Z', '2026-11-30T00:00Z')).toEqual([
      '2026-11-23T00:00',
      '2026-11-30T00:00',
    ]);
    expect(bounds('month', 'Asia/Kathmandu', '2026-01-31T18:15Z', '2026-02-01T00:00Z')).toEqual([
      '2026-01-31T18:15',
      '2026-02-28T18:15',
    ]);
  });

  it('are soon found, a year of hours too', () => {
    const range = { from: Date.parse('2026-01-01T00:00Z'), to: Date.parse('2027-01-01T00:00Z') };
    const before = performance.now();
    expect(bucketBounds('hour', 'America/Santiago', range, 10_000)).toHaveLength(8761);
    // It took seconds, in which the process that was asked did nothing else.
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('are hours that clocks show, in zones that are half an hour off too', () => {
    expect(bounds('hour', 'Asia/Kolkata', '2026-01-01T00:00Z', '2026-01-01T01:00Z')).toEqual([
      '2025-12-31T23:30',
      '2026-01-01T00:30',
      '2026-01-01T01:30',
    ]);
    // On Lord Howe clocks are set by half an hour: 2:00 is 1:30 once more, and 2:00 is 2:30.
    expect(bounds('hour', 'Australia/Lord_Howe', '2026-04-04T14:00Z', '2026-04-04T16:00Z')).toEqual([
      '2026-04-04T14:00',
      '2026-04-04T15:30',
      '2026-04-04T16:30',
    ]);
    expect(bounds('hour', 'Australia/Lord_Howe', '2026-10-03T14:30Z', '2026-10-03T16:30Z')).toEqual([
      '2026-10-03T14:30',
      '2026-10-03T15:30',
      '2026-10-03T16:00',
      '2026-10-03T17:00',
    ]);
  });

  it('follow one another and cover the range, in every zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];
    fc.assert(
      fc.property(
        fc.constantFrom(...BUCKETS),
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2035, 0) }),
        fc.integer({ min: 1, max: 40 * 86_400_000 }),
        (bucket, timeZone, from, length) => {
          const to = bucket === 'minute' ? from + (length % 3_600_000) + 1 : from + length;
          const found = bucketBounds(bucket, timeZone, { from, to }, 2000);
          expect(found[0]).toBeLessThanOrEqual(from);
          expect(found[1]).toBeGreaterThan(from);
          expect(found.at(-2)).toBeLessThan(to);
          expect(found.at(-1)).toBeGreaterThanOrEqual(to);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 300 },
    );
  });
});

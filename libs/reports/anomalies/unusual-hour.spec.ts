import { Amount, formatAmount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { leeway, HOUR_MS, isUnusual, judgeHour, type HourlyUsage } from './unusual-hour.ts';

const DAY_MS = 24 * HOUR_MS;
const TODAY = Date.UTC(2026, 5, 29);
const NOON = TODAY + 12 * HOUR_MS;

/** So many days before today, of which each uses what is said in each of its hours. */
function history(days: number, used: (hour: number, day: number) => number): Map<number, Amount> {
  const usage = new Map<number, Amount>();
  for (let day = 1; day <= days; day += 1) {
    for (let hour = 0; hour < 24; hour += 1) {
      usage.set(TODAY - day * DAY_MS + hour * HOUR_MS, new Amount(used(hour, day)));
    }
  }
  return usage;
}

function judged(usage: HourlyUsage, hour: number, used: string, days = 28) {
  const found = judgeHour(new Map([...usage, [hour, new Amount(used)]]), hour, TODAY - days * DAY_MS);
  return (
    found && {
      usual: formatAmount(found.usual),
      threshold: formatAmount(found.threshold),
      isUnusual: isUnusual(found),
    }
  );
}

const atWork = (hour: number): number => (hour >= 8 && hour < 18 ? 10 : 0);

describe('an hour', () => {
  it('is unusual beyond half as much again as usual, where usage is steady', () => {
    expect(judged(history(28, atWork), NOON, '15')).toEqual({ usual: '10', threshold: '15', isUnusual: false });
    expect(judged(history(28, atWork), NOON, '15.000000000001')).toMatchObject({ isUnusual: true });
  });

  it('is allowed six deviations, where usage varies', () => {
    // 8, 9, …, 14: the median is 11, and so is it of half the days 2 away from it.
    const varied = history(28, (_, day) => 8 + (day % 7));
    expect(judged(varied, NOON, '29')).toEqual({ usual: '11', threshold: '28.7912', isUnusual: true });
    expect(judged(varied, NOON, '28')).toMatchObject({ isUnusual: false });
  });

  it('may be as busy at night as the busiest hour of the day, and half as much again', () => {
    const night = TODAY + 2 * HOUR_MS;
    expect(judged(history(28, atWork), night, '15')).toEqual({ usual: '0', threshold: '15', isUnusual: false });
    expect(judged(history(28, atWork), night, '16')).toMatchObject({ isUnusual: true });
  });

  it('isn’t unusual because a job of every day comes at another hour', () => {
    const oncePerDay = history(28, (hour, day) => (hour === (day * 7) % 24 ? 1000 + day : 0));
    expect(judged(oncePerDay, NOON, '1028')).toMatchObject({ isUnusual: false });
    expect(judged(oncePerDay, NOON, '1600')).toMatchObject({ isUnusual: true });
  });

  it('is compared with all hours of the first week', () => {
    expect(judged(history(3, atWork), NOON, '16', 3)).toEqual({ usual: '0', threshold: '15', isUnusual: true });
    expect(judged(history(7, atWork), NOON, '16', 7)).toEqual({ usual: '10', threshold: '15', isUnusual: true });
  });

  it('isn’t judged before three days of use', () => {
    expect(judged(history(2, atWork), NOON, '1000000', 2)).toBeNull();
    expect(
      judged(
        history(28, (_, day) => (day === 40 ? 1 : 0)),
        NOON,
        '5',
      ),
    ).toBeNull();
  });

  it('isn’t what it is compared with, nor are the others of its day', () => {
    const usage = history(28, atWork);
    for (let hour = 8; hour < 12; hour += 1) usage.set(TODAY + hour * HOUR_MS, new Amount(5000));
    expect(judged(usage, NOON, '5000')).toEqual({ usual: '10', threshold: '15', isUnusual: true });
  });

  it('learns what is usual now from four weeks, not from those before', () => {
    const usage = history(60, (_, day) => (day > 28 ? 1000 : 10));
    expect(judged(usage, NOON, '16', 60)).toMatchObject({ usual: '10', isUnusual: true });
  });
});

describe('the leeway', () => {
  it('is the largest of three', () => {
    const of = (samples: readonly number[], floor: number) => {
      const amounts = samples.map((one) => new Amount(one));
      return formatAmount(leeway(amounts, new Amount(10), new Amount(floor)));
    };
    expect(of([10, 10, 10], 1)).toBe('5');
    expect(of([10, 10, 10], 6)).toBe('6');
    expect(of([9, 10, 11], 6)).toBe('8.8956');
  });
});

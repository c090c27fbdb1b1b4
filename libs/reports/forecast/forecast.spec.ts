import { Amount, formatAmount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { aGrant, aMonthly, DAY_MS, daily, inputWith, MONDAY } from '../testing/forecast-fixture.ts';
import { forecast, HORIZON_DAYS, type Forecast } from './forecast.ts';
import { amountOf } from './picos.ts';

/** From Monday on, in UTC. */
function day(count: number): number {
  return MONDAY + count * DAY_MS;
}

function unusedOf({ unused }: Forecast) {
  return unused.map(({ grant, expiresAt, credits }) => [grant, expiresAt, formatAmount(amountOf(credits))]);
}

describe('a forecast', () => {
  it('says nothing below three days of use', () => {
    const grants = [aGrant('100')];
    const said = forecast(inputWith({ grants, days: [...daily('0', 26), ...daily('50', 2)] }));
    expect(said).toMatchObject({ status: 'not_enough_usage', runsOutAt: null, range: null, unused: [], activeDays: 2 });
    expect(forecast(inputWith({ grants, days: daily('50', 3) }))).toMatchObject({ runsOutAt: day(2), activeDays: 3 });
  });

  it('forgets what was used more than 28 days ago', () => {
    expect(forecast(inputWith({ days: [...daily('10', 56), ...daily('0', 28)] })).status).toBe('not_enough_usage');
  });

  it('names the instant, spreading a day’s use over the day', () => {
    expect(forecast(inputWith({ grants: [aGrant('105')] })).runsOutAt).toBe(day(10.5));
    expect(forecast(inputWith({ grants: [aGrant('105')], now: day(0.25) })).runsOutAt).toBe(day(10.75));
  });

  it('lasts where nothing is missing within 90 days, to the last credit', () => {
    expect(forecast(inputWith({ grants: [aGrant('900')] }))).toMatchObject({ status: 'lasts', runsOutAt: null });
    const short = forecast(inputWith({ grants: [aGrant('899.999999999999')] }));
    expect(short).toMatchObject({ status: 'runs_out' });
    expect(short.runsOutAt).toBeLessThanOrEqual(day(HORIZON_DAYS));
  });

  it('runs out now where nothing is left', () => {
    expect(forecast(inputWith({}))).toMatchObject({ status: 'runs_out', runsOutAt: MONDAY });
  });

  it('takes each weekday for itself, and the median of it', () => {
    // Four weeks from Monday on: 100 on Mondays, and once 9 000 on a Tuesday.
    const days = Array.from({ length: 28 }, (_, index) => new Amount(index % 7 === 0 ? 100 : index === 8 ? 9000 : 0));
    const said = forecast(inputWith({ days, grants: [aGrant('250')] }));
    expect(said.runsOutAt).toBe(day(14.5));
    expect(formatAmount(said.usualDay)).toBe('14.285714285714');
  });

  it('takes the days of the account’s zone', () => {
    const timeZone = 'America/New_York';
    const midnight = Date.UTC(2026, 5, 1, 4);
    const said = forecast(inputWith({ timeZone, now: midnight, grants: [aGrant('20')] }));
    expect(said.runsOutAt).toBe(midnight + 2 * DAY_MS);
  });

  it('takes refunds beyond what a day used for no use', () => {
    const days = [...daily('-5', 7), ...daily('10', 21)];
    expect(formatAmount(forecast(inputWith({ days, grants: [aGrant('20')] })).usualDay)).toBe('10');
  });
});

describe('credits that will expire unused', () => {
  it('are what is left of each grant, spent in burn-down order', () => {
    const soon = aGrant('50', { expiresAt: day(3) });
    const later = aGrant('500', { expiresAt: day(20) });
    const said = forecast(inputWith({ grants: [later, aGrant('10000'), soon] }));
    expect(unusedOf(said)).toEqual([
      [soon.id, day(3), '20'],
      [later.id, day(20), '330'],
    ]);
    expect(said.status).toBe('lasts');
  });

  it('include nothing that expires after the horizon, that is voided or frozen', () => {
    const frozen = aGrant('500', { expiresAt: day(5), frozenAt: 1 });
    const voided = aGrant('500', { expiresAt: day(5), voidedAt: 1 });
    const far = aGrant('50000', { expiresAt: day(HORIZON_DAYS) });
    expect(unusedOf(forecast(inputWith({ grants: [frozen, voided, far] })))).toEqual([]);
    expect(forecast(inputWith({ grants: [frozen, voided] })).runsOutAt).toBe(MONDAY);
  });

  it('spend by priority first', () => {
    const soon = aGrant('50', { expiresAt: day(3) });
    const first = aGrant('100', { priority: 1 });
    expect(unusedOf(forecast(inputWith({ grants: [soon, first] })))).toEqual([[soon.id, day(3), '50']]);
  });
});

describe('what is still to come', () => {
  it('is spent once it is in effect, and repays debt first', () => {
    const scheduled = aGrant('100', { effectiveAt: day(4) });
    const said = forecast(inputWith({ grants: [aGrant('40'), scheduled], debt: new Amount(30) }));
    expect(said.runsOutAt).toBe(day(11));
    expect(forecast(inputWith({ grants: [aGrant('39'), scheduled] })).runsOutAt).toBe(day(3.9));
  });

  it('counts the periods of recurring grants', () => {
    const said = forecast(inputWith({ grants: [aGrant('300')], recurring: [aMonthly('310')] }));
    // July and August have 31 days; 310 are enough for each, and nothing is left over.
    expect(said.status).toBe('lasts');
    const more = forecast(inputWith({ grants: [aGrant('300')], recurring: [aMonthly('311.5')] }));
    expect(unusedOf(more)).toEqual([[null, Date.UTC(2026, 7, 1), '1.5']]);
    const less = forecast(inputWith({ grants: [aGrant('300')], recurring: [aMonthly('305')] }));
    expect(less.runsOutAt).toBe(Date.UTC(2026, 6, 31, 12));
  });

  it('lets credits roll over, as far as they may', () => {
    const rollover = { max: new Amount(30), percent: new Amount(50), periods: 1 };
    const said = forecast(inputWith({ grants: [aGrant('300')], recurring: [aMonthly('400', { rollover })] }));
    // 90 are left of July: half of them is 45, of which 30 roll over; they are spent first in August.
    expect(unusedOf(said)).toEqual([[null, Date.UTC(2026, 7, 1), '60']]);
  });

  it('ends with what the recurring grant ends with, and stops while it is paused', () => {
    const ended = { ...aMonthly('310'), endsAt: Date.UTC(2026, 7, 1) };
    expect(forecast(inputWith({ grants: [aGrant('300')], recurring: [ended] })).runsOutAt).toBe(Date.UTC(2026, 7, 1));
    const paused = { ...aMonthly('310'), next: null };
    expect(forecast(inputWith({ grants: [aGrant('300')], recurring: [paused] })).runsOutAt).toBe(day(30));
  });
});

describe('scopes', () => {
  const demands = [
    { spending: { usage: [{ event: 'chat', model: 'large' }], tags: {} }, weight: 3n },
    { spending: { usage: [{ event: 'chat', model: 'small' }], tags: { team: 'a' } }, weight: 1n },
  ];

  it('let a grant pay for its part of the usage alone', () => {
    const small = aGrant('100', { scope: { models: ['small'] }, expiresAt: day(20) });
    const said = forecast(inputWith({ demands, grants: [small, aGrant('75')] }));
    // 7.5 a day are of the large model.
    expect(said.runsOutAt).toBe(day(10));
    expect(unusedOf(said)).toEqual([[small.id, day(20), '50']]);
  });

  it('ask for tags', () => {
    const tagged = aGrant('25', { scope: { tags: { team: 'a' } } });
    expect(forecast(inputWith({ demands, grants: [tagged, aGrant('75')] })).runsOutAt).toBe(day(10));
  });
});

describe('the range', () => {
  /** Weeks of their own: 80 to 120 a day, as a fixed sequence says. */
  function noisy(count: number): readonly Amount[] {
    let state = 7;
    return Array.from({ length: count }, () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return new Amount(80 + (state % 41));
    });
  }

  it('holds what is expected, is the same for the same account, and another for another', () => {
    const grants = [aGrant('4000')];
    const said = forecast(inputWith({ days: noisy(84), grants }));
    const { earliest, latest } = said.range ?? {};
    expect(said.calibration).toMatchObject({ isCalibrated: true, daysAhead: 28 });
    expect(earliest).toBeLessThan(said.runsOutAt ?? 0);
    expect(latest).toBeGreaterThan(said.runsOutAt ?? 0);
    expect((latest ?? 0) - (earliest ?? 0)).toBeLessThan(8 * DAY_MS);
    expect(forecast(inputWith({ days: noisy(84), grants }))).toEqual(said);
    expect(forecast(inputWith({ days: noisy(84), grants, seed: 'other' })).range).not.toEqual(said.range);
  });

  it('is an instant where each week is like the other', () => {
    const { runsOutAt, range } = forecast(inputWith({ grants: [aGrant('300')] }));
    expect(range).toEqual({ earliest: runsOutAt, latest: runsOutAt });
  });

  it('isn’t shown where the past is too short to tell', () => {
    const said = forecast(inputWith({ days: noisy(40), grants: [aGrant('500')] }));
    expect(said).toMatchObject({ status: 'runs_out', range: null, calibration: { forecasts: 6, isCalibrated: false } });
  });

  it('isn’t shown where it wouldn’t have held what came', () => {
    const growing = Array.from({ length: 84 }, (_, index) => new Amount(index * index));
    const said = forecast(inputWith({ days: growing, grants: [aGrant('100000')] }));
    expect(said).toMatchObject({ range: null, calibration: { held: 0, isCalibrated: false } });
  });

  it('is open where it may last', () => {
    const said = forecast(inputWith({ days: noisy(84), grants: [aGrant('9000')] }));
    expect(said.calibration?.isCalibrated).toBe(true);
    expect(said.range?.latest).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { currentAndLater, isNeverEffective, scheduleOf, versionInEffect } from './schedule.ts';

const version = (number: number, effectiveAt: number, knownFrom = 0) => ({
  version: number,
  effectiveAt,
  knownFrom,
});

describe('the versions of a rate card', () => {
  it('are in effect one after the other, the first from the beginning of time', () => {
    const schedule = scheduleOf([version(1, 1000), version(2, 2000), version(3, 3000)]);
    expect([0, 1999, 2000, 2999, 3000].map((at) => versionInEffect(schedule, at, at))).toEqual([1, 1, 2, 2, 3]);
  });

  it('follow their times and not their numbers: a scheduled one stays scheduled', () => {
    const schedule = scheduleOf([version(1, 1000), version(2, 9000), version(3, 2000)]);
    expect([1500, 2000, 9000].map((at) => versionInEffect(schedule, at, at))).toEqual([1, 3, 2]);
  });

  it('replace each other at the same instant', () => {
    const schedule = scheduleOf([version(1, 1000), version(2, 9000), version(3, 9000)]);
    expect([8999, 9000].map((at) => versionInEffect(schedule, at, at))).toEqual([1, 3]);
  });

  it('wait until every process has them, which is a matter of real time', () => {
    const schedule = scheduleOf([version(1, 1000, 2000), version(2, 5000, 6000)]);
    const ahead = 1_000_000;
    expect([0, 5999, 6000].map((realNow) => versionInEffect(schedule, realNow + ahead, realNow))).toEqual([1, 1, 2]);
  });

  it('may be needed for some account, unless another is in effect already in real time', () => {
    const schedule = scheduleOf([version(1, 0), version(2, 2000), version(3, 3000), version(4, 4000)]);
    expect(currentAndLater(schedule, 3500)).toEqual([3, 4]);
    expect(currentAndLater(schedule, 1)).toEqual([1, 2, 3, 4]);
  });

  it('never take effect where a later one has by then', () => {
    const schedule = scheduleOf([version(1, 1000), version(2, 2000), version(3, 9000)]);
    expect([0, 1999, 2000, 2001].map((from) => isNeverEffective(schedule, from, 5000))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isNeverEffective(scheduleOf([version(1, 1000)]), 0, 5000)).toBe(false);
  });
});

import { bandOf, likelyDays } from './likely-days.ts';
import { seededDraw } from './seeded-draw.ts';
import { SAMPLE_DAYS } from './usual-days.ts';

/** How often a band would have held what came. */
export interface Calibration {
  /** Days of the past on which a forecast would have been made; they overlap. */
  readonly forecasts: number;
  /** After how many of them what was used lay within the band. */
  readonly held: number;
  /** How many days each of them looked ahead. */
  readonly daysAhead: number;
  /** Whether that is often enough for a band to be shown. */
  readonly isCalibrated: boolean;
}

const FORECASTS_MIN = 14;
const COURSES = 100;
const DAYS_AHEAD_MIN = 7;
const DAYS_AHEAD_MAX = 28;
/** Of a band that should hold 80 % in the long run, not to hold 70 % of some 30 is no accident. A wider one harms nobody. */
const HELD_PERCENT_MIN = 70;

/**
 * Makes the forecasts that would have been made on past days, and compares what they say would be used with what was.
 *
 * @param days whole days, the oldest first, yesterday last
 * @param daysAhead how far today's forecast looks; the past may be too short to look so far
 */
export function backTest(days: readonly bigint[], daysAhead: number, seed: string): Calibration {
  const ahead = Math.min(Math.max(daysAhead, DAYS_AHEAD_MIN), DAYS_AHEAD_MAX);
  let [forecasts, held] = [0, 0];
  for (let today = SAMPLE_DAYS; today + ahead <= days.length; today += 1) {
    const past = days.slice(today - SAMPLE_DAYS, today);
    const band = bandOf(sumsAhead(past, ahead, `${seed} ${String(today)}`));
    if (!band) continue;
    const used = sum(days.slice(today, today + ahead));
    forecasts += 1;
    if (band.low <= used && used <= band.high) held += 1;
  }
  const isCalibrated = forecasts >= FORECASTS_MIN && held * 100 >= forecasts * HELD_PERCENT_MIN;
  return { forecasts, held, daysAhead: ahead, isCalibrated };
}

function sumsAhead(past: readonly bigint[], ahead: number, seed: string): readonly bigint[] {
  const likely = likelyDays(past, seededDraw(seed));
  return likely ? Array.from({ length: COURSES }, () => sum(likely.course(ahead))) : [];
}

function sum(days: readonly bigint[]): bigint {
  return days.reduce((total, used) => total + used, 0n);
}

import type { ClockTime } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

export function testClockView(environment: string, { now, aheadMs }: ClockTime) {
  return { environment, now: timeView(now), offset_seconds: aheadMs / 1000 };
}

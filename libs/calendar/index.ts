export { daysBetween, monthOf, rangeOfMonth } from './months.ts';
export { bucketBounds, BUCKETS, type Bucket } from './buckets.ts';
export { beginningOf, INTERVALS, periodAt, type Interval, type Recurrence } from './recurrence.ts';
export { windowOf, type Period, type Window } from './window.ts';

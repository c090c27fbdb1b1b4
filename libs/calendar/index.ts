export { beginningOf, INTERVALS, periodAt, type Interval, type Recurrence } from './recurrence.ts';
export { windowOf, type Period, type Window } from './window.ts';

export { PERIODS, windowOf, type Period, type Window } from './window.ts';

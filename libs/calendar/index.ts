export { windowOf, type Period, type Window } from './window.ts';

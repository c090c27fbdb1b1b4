export { runAttempt, type AttemptOutcome } from './attempts/run-attempt.ts';

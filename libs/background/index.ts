export type { Chore, ChoreGauge, ChoreLog, JobIds, QueuedChore, TimedChore, Wake, WakeOptions } from './chore.ts';
export { PacedFlight } from './paced-flight.ts';
export { PolledSnapshot } from './polled-snapshot.ts';
export { renewLease } from './renew-lease.ts';
export { Repeater } from './repeater.ts';
export { retry } from './retry.ts';
export { SingleFlight } from './single-flight.ts';

import type { BatchRefused } from '../load/guards.ts';
import type { Contention } from './contention.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { Suspicion } from './suspicion.ts';
import { accountsOf, hasKeyIn, type Waiting } from './waiting.ts';

/** What learns from refusals of batches. */
interface Learning {
  readonly contention: Contention;
  readonly knownKeys: Suspicion;
  readonly knownWindows: Suspicion;
  readonly clock: DatabaseClock;
}

/** Notes what a refused batch needs to be decided once more. */
export function noteRefusal(
  batch: readonly Waiting[],
  { reason, found }: BatchRefused,
  { contention, knownKeys, knownWindows, clock }: Learning,
): void {
  const names = new Set(found);
  const isNamed = (one: Waiting): boolean => accountsOf(one).some((account) => names.has(account));
  switch (reason) {
    case 'accounts_changed':
      for (const account of names) contention.conflicted(account);
      for (const one of batch) if (isNamed(one)) one.attempts += 1;
      break;
    case 'answered_before':
      knownKeys.raise();
      for (const one of batch) one.needsKey = hasKeyIn(one, names);
      break;
    case 'windows_known':
      knownWindows.raise();
      for (const one of batch) one.needsWindows = isNamed(one);
      break;
    case 'test_clock_advanced':
      break;
    case 'out_of_time':
      // The commands have waited for long, or somebody has set the clock.
      clock.doubt();
      for (const one of batch) one.attempts += 1;
  }
}

import type { Window } from '#calendar';
import { isByValue, type Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/**
 * Called for a window that isn't known, before anything is decided on it. All windows but those by value are known; whoever writes a
 * decision about one of these has to prove that nobody has counted anything in it.
 */
export function assumeEmpty(
  { changes }: DecisionContext,
  { account: { key: accountKey } }: AccountState,
  counted: Pick<Counter, 'counter' | 'value'>,
  { start: windowStart, end: windowEnd }: Window,
): void {
  if (!isByValue(counted)) return;
  const { counter } = counted;
  changes.assumed.set(`${accountKey}/${counter}/${String(windowStart)}`, {
    accountKey,
    counter,
    windowStart,
    windowEnd,
  });
}

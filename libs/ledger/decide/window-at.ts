import { windowOf, type Period, type Window } from '#calendar';
import { isByValue, type Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { between } from './windows.ts';

/** Which windows a counter has. */
export interface Windows extends Pick<Counter, 'counter' | 'value'> {
  readonly period: Period;
  readonly timeZone: string;
  /** See {@link windowOf}. */
  readonly anchor: number | null;
}

export interface FoundWindow {
  readonly window: Window;
  /** Absent where nobody has counted anything in it. */
  readonly row: Counter | undefined;
}

/**
 * The window of a counter that an instant belongs to. One by value that isn't known is taken for one of zeros: whoever writes what is
 * decided has to prove that it is.
 */
export function windowAt(context: DecisionContext, account: AccountState, windows: Windows, at: number): FoundWindow {
  const { counter, period, timeZone, anchor } = windows;
  const row = account.counters.at(counter, at);
  if (row) return { window: { start: row.windowStart, end: row.windowEnd }, row };
  const window = between(account.counters.windowsOf(counter), windowOf(period, timeZone, at, anchor), at);
  if (isByValue(windows)) assume(context, account, counter, window);
  return { window, row };
}

function assume(
  { changes }: DecisionContext,
  { account }: AccountState,
  counter: string,
  { start, end }: Window,
): void {
  const window = { accountKey: account.key, counter, windowStart: start, windowEnd: end };
  changes.assumed.set(`${account.key}/${counter}/${String(start)}`, window);
}

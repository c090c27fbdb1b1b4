import type { Window } from '#calendar';
import { isByValue, type Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/** A window of which nothing is known. */
interface UnknownWindow extends Pick<Counter, 'counter' | 'value'> {
  readonly window: Window;
}

/**
 * Called before anything is decided on a window that isn't known. All windows but those by value are known; whoever writes a decision
 * about one of these has to prove that nobody has counted anything in it.
 */
export function assumeEmpty(context: DecisionContext, account: AccountState, unknown: UnknownWindow): void {
  if (isByValue(unknown)) assumeUnwritten(context, account, unknown);
}

/** The same of a window that may have been over for so long that it isn't loaded with its account. */
export function assumeUnwritten(
  { changes }: DecisionContext,
  { account: { key: accountKey } }: AccountState,
  { counter, window }: Omit<UnknownWindow, 'value'>,
): void {
  const assumed = { accountKey, counter, windowStart: window.start, windowEnd: window.end };
  changes.assumed.set(`${accountKey}/${counter}/${String(window.start)}`, assumed);
}

import { ZERO } from '#amounts';
import type { Window } from '#calendar';
import { LATE_COMMIT_WINDOW_MS, MAX_HOLD_SECONDS } from '../authorization.ts';
import { isByValue, type Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/**
 * How long a window stays open after its end: as long as a hold usually lives and may still be committed late. By then it has
 * also ended in every time zone, so an account that moves to another one continues where this window ends.
 */
const OPEN_AFTER_END_MS = MAX_HOLD_SECONDS * 1000 + LATE_COMMIT_WINDOW_MS;

/** @throws where it isn't loaded; then nothing may be decided on what is cached of the account */
export function loadedWindow(
  account: AccountState,
  { counter, windowStart }: Pick<Counter, 'counter' | 'windowStart'>,
): Counter {
  const window = account.counters.startingAt(counter, windowStart);
  if (!window) throw new Error(`the counter ${counter} was not loaded`);
  return window;
}

/** Nobody has counted anything in this window yet. */
export function openWindow(
  context: DecisionContext,
  account: AccountState,
  { start, end }: Window,
  counted: Pick<Counter, 'counter' | 'kind' | 'name' | 'value'>,
): Counter {
  if (!isByValue(counted)) closeWindows(context, account);
  const window: Counter = {
    accountKey: account.account.key,
    ...counted,
    windowStart: start,
    windowEnd: end,
    used: ZERO,
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    lease: null,
    alerted: null,
    exceeded: false,
    open: true,
  };
  account.counters.add(window);
  context.changes.counters.create(window);
  context.changes.opened.add(window);
  return window;
}

/** Takes back the windows that the command at hand has opened, as if nobody had looked for them: nothing is counted in them after all. */
export function discardOpened({ changes: { counters, opened }, state }: DecisionContext): void {
  for (const window of opened) {
    counters.discard(window);
    state.accounts.get(window.accountKey)?.counters.discard(window);
  }
  opened.clear();
}

/** A new time zone holds from the end of the window under way: a window never reaches into its neighbours. */
export function between(neighbours: readonly Counter[], { start, end }: Window, at: number): Window {
  return neighbours.reduce<Window>(
    (window, { windowStart, windowEnd }) =>
      windowEnd !== null && windowEnd <= at
        ? { ...window, start: Math.max(window.start, windowEnd) }
        : { ...window, end: window.end === null ? windowStart : Math.min(window.end, windowStart) },
    { start, end },
  );
}

/** A window that has been over for long is read no more with its account. */
function closeWindows(context: DecisionContext, account: AccountState): void {
  const now = timeOf(context, account);
  for (const window of account.counters.all()) {
    const { open, windowEnd, reserved } = window;
    if (!open || windowEnd === null || windowEnd + OPEN_AFTER_END_MS > now || !reserved.isZero()) continue;
    window.open = false;
    context.changes.counters.update(window);
  }
}

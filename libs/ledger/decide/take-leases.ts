import { atLeastZero, smallerOf } from '#amounts';
import type { Lease } from '../span-limits.ts';
import type { DecisionContext } from './context.ts';
import { openWindow } from './windows.ts';

/** Enters in the accounts' shares what was leased to them. A lease that a share knows, or one that was taken back, changes nothing. */
export function takeLeases(context: DecisionContext, leases: readonly Lease[]): void {
  for (const { limit, accountKey, window, granted, number } of leases) {
    const account = context.state.accounts.get(accountKey);
    if (!account) continue;
    const share =
      account.counters.startingAt(limit, window.start) ??
      openWindow(context, account, window, { counter: limit, kind: 'share', name: null, value: null });
    if (share.lease !== null && number <= share.lease) continue;
    share.granted = granted;
    share.lease = number;
    share.overrun = smallerOf(share.overrun, atLeastZero(share.used.plus(share.reserved).minus(granted)));
    context.changes.counters.update(share);
    // It stays, also where the command that it was leased for takes back what it has tried.
    context.changes.opened.delete(share);
  }
}

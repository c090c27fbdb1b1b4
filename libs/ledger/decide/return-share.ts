import { type Amount, smallerOf, ZERO } from '#amounts';
import type { ReturnShare } from '../commands.ts';
import type { Counter } from '../counters.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { assumeUnwritten } from './assume-window.ts';
import { findAccount, type DecisionContext } from './context.ts';
import { openWindow } from './windows.ts';

type Place = Pick<ReturnShare, 'limit' | 'window'>;

export interface ShareDecision {
  /** What the share is granted from now on. */
  readonly granted: Amount;
  /** The last lease that it took, or that it doesn't take any more. */
  readonly lease: number;
}

/**
 * Makes a share of a limit as small as what its account uses and reserves, and sees to it that no lease is taken any more up to
 * the one named: whoever asks gives the rest back to the limit. A share that took a later one stays as it is.
 */
export function returnShare(context: DecisionContext, command: ReturnShare): Outcome<ShareDecision> {
  const { account: ref, limit, window, lease } = command;
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  const share = shareOf(context, account, command) ?? openWindow(context, account, window, asShare(limit));
  const granted = share.granted ?? ZERO;
  if (share.lease !== null && share.lease > lease) return accepted({ granted, lease: share.lease });
  share.granted = smallerOf(granted, share.used.plus(share.reserved));
  // What is used and reserved is within the share now, or as much beyond it as before.
  if (share.granted.lt(granted)) share.overrun = ZERO;
  share.lease = lease;
  context.changes.counters.update(share);
  return accepted({ granted: share.granted, lease });
}

/** The share; where nothing is known of it, there is none. The account's clock may have left its window long ago. */
export function shareOf(
  context: DecisionContext,
  account: AccountState,
  { limit, window }: Place,
): Counter | undefined {
  const share = account.counters.startingAt(limit, window.start);
  if (!share) assumeUnwritten(context, account, { counter: limit, window });
  return share;
}

function asShare(limit: string) {
  return { counter: limit, kind: 'share', name: null, value: null } as const;
}

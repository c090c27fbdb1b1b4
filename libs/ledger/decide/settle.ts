import type { LapsedShare } from '../authorization.ts';
import { hasExpired } from '../grant.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { breakage, touch, Transaction, unpin, unpinOverdraft } from './movements.ts';

/**
 * Books what time alone has done since an account was last written, as of the instants it was due: what lapsed holds have
 * pinned is let go, the unpinned rest of expired grants becomes breakage. It runs before the first decision of a batch, so
 * no decision ever sees a hold or a grant that is over, whether or not a worker came by.
 *
 * @param lapsed what the accounts' lapsed holds let go; the loaded authorizations are expired already where they lapsed.
 */
export function settle(context: DecisionContext, lapsed: readonly LapsedShare[]): void {
  for (const share of lapsed) release(context, share);
  for (const account of context.state.accounts.values()) {
    const now = timeOf(context, account);
    for (const grant of account.grants) {
      if (grant.expiresAt === null || !hasExpired(grant, now)) continue;
      const rest = grant.remaining.minus(grant.held);
      if (rest.isZero()) continue;
      breakage(context, account, grant, rest, new Transaction(context, account), grant.expiresAt);
    }
  }
}

function release(context: DecisionContext, { accountKey, grantId, amount, at }: LapsedShare): void {
  const account = context.state.accounts.get(accountKey);
  if (!account) return;
  // A hold that has lapsed changes its account, also where nothing was left of it.
  touch(context, account);
  if (grantId === null) {
    unpinOverdraft(account, amount);
    return;
  }
  const grant = context.state.grants.get(grantId);
  if (!grant) throw new Error(`the pinned grant ${grantId} was not loaded`);
  unpin(context, account, grant, amount, new Transaction(context, account), at);
}

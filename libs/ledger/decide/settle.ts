import { hasLapsed } from '../authorization.ts';
import { accountKeyOf } from '../ids.ts';
import { hasExpired } from '../grant.ts';
import type { DecisionContext } from './context.ts';
import { breakage, touch, Transaction } from './movements.ts';
import { releaseRest } from './release.ts';

/**
 * Books what time alone has done since an account was last written, as of the instants it was due: holds past their time
 * are released, the unpinned rest of expired grants becomes breakage. It runs before the first decision of a batch, so no decision ever sees a
 * hold or a grant that is over, whether or not a worker came by.
 */
export function settle(context: DecisionContext): void {
  for (const authorization of context.state.authorizations.values()) {
    if (!hasLapsed(authorization, context.now)) continue;
    const account = context.state.accounts.get(accountKeyOf(authorization.id));
    if (!account) continue;
    authorization.heldAtClose = authorization.held;
    const at = authorization.expiresAt ?? context.now;
    releaseRest(context, account, authorization, new Transaction(context, account), at);
    authorization.status = 'expired';
    authorization.closedAt = at;
    touch(context, account);
  }
  for (const account of context.state.accounts.values()) {
    for (const grant of account.grants) {
      if (grant.expiresAt === null || !hasExpired(grant, context.now)) continue;
      const rest = grant.remaining.minus(grant.held);
      if (rest.isZero()) continue;
      breakage(context, account, grant, rest, new Transaction(context, account), grant.expiresAt);
    }
  }
}

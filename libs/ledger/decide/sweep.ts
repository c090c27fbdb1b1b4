import type { Sweep } from '../commands.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findAccount, timeOf, type DecisionContext } from './context.ts';
import { touchGrant } from './movements.ts';
import { grantTold, tell } from './tell.ts';

export interface SweepDecision {
  /** The account's own id. */
  readonly account: string;
}

/** What time has done is booked before any decision, this one too; so all that is left are notices of what is coming. */
export function sweep(context: DecisionContext, { account: ref, expiryNotices }: Sweep): Outcome<SweepDecision> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  for (const grant of account.grants) giveNotice(context, account, grant, expiryNotices);
  return accepted({ account: ref.id });
}

/** Of several notices that are due, the owner is given one. None is given that was due before the grant was made. */
function giveNotice(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  expiryNotices: readonly number[],
): void {
  const now = timeOf(context, account);
  const { expiresAt, createdAt } = grant;
  if (expiresAt === null || hasExpired(grant, now) || grant.remaining.isZero()) return;
  const due = expiryNotices.filter((ahead) => expiresAt - ahead <= now);
  if (due.length <= grant.expiryNotices) return;
  const fresh = due.slice(grant.expiryNotices).some((ahead) => expiresAt - ahead >= createdAt);
  grant.expiryNotices = due.length;
  touchGrant(context, grant);
  if (fresh) tell(context, account, 'grant.expiring', grantTold(grant));
}

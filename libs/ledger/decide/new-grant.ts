import { ZERO } from '#amounts';
import type { Grant } from '../grant.ts';
import { enterGrant, type AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/** What a grant is made with. */
export type GrantTerms = Pick<
  Grant,
  | 'amount'
  | 'category'
  | 'priority'
  | 'scope'
  | 'costBasis'
  | 'effectiveAt'
  | 'expiresAt'
  | 'createdAt'
  | 'metadata'
  | 'period'
> &
  Partial<Pick<Grant, 'amountPaid' | 'currency' | 'purchase' | 'purchaseReference'>>;

/** Makes a grant of an account. Nothing is booked of it yet. */
export function newGrant(context: DecisionContext, account: AccountState, terms: GrantTerms): Grant {
  const { amount, category, priority, scope, costBasis, effectiveAt, expiresAt, createdAt, metadata, period } = terms;
  const grant: Grant = {
    id: account.ids.next(context.realNow),
    accountKey: account.account.key,
    amount,
    remaining: amount,
    held: ZERO,
    frozen: ZERO,
    frozenAt: null,
    freezes: [],
    repaid: ZERO,
    category,
    priority,
    scope,
    costBasis,
    amountPaid: terms.amountPaid ?? null,
    currency: terms.currency ?? null,
    purchase: terms.purchase ?? null,
    purchaseReference: terms.purchaseReference ?? null,
    returned: null,
    effectiveAt,
    expiresAt,
    voidedAt: null,
    entered: false,
    expired: false,
    expiryNotices: 0,
    createdAt,
    metadata,
    period,
  };
  context.changes.grants.create(grant);
  context.state.grants.set(grant.id, grant);
  enterGrant(account, grant);
  return grant;
}

import { ZERO } from '#amounts';
import type { BeginPurchase } from '../commands.ts';
import { totalCredits, type Purchase, type PurchaseTerms } from '../purchases.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { setRefills } from './set-refills.ts';

/** A purchase as one decision left it. */
export interface PurchaseDecision {
  /** The account's own id. */
  readonly account: string;
  readonly purchase: Readonly<Purchase>;
}

/** Sells credits, to be granted when they are paid for. An account has at most one purchase under way. */
export function sellCredits(context: DecisionContext, command: BeginPurchase): Outcome<PurchaseDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  const { underWay } = account.refills;
  if (underWay) {
    return refused({ code: 'topup_under_way', account: command.account.id, purchase: underWay.purchase });
  }
  return decidedPurchase(account, beginPurchase(context, account, command, { automatic: false }));
}

/**
 * Begins a purchase. Nothing of it has to be loaded, so a decision about anything else may do it.
 *
 * @param account one that has no purchase under way
 */
export function beginPurchase(
  context: DecisionContext,
  account: AccountState,
  terms: PurchaseTerms,
  { automatic }: Pick<Purchase, 'automatic'>,
): Purchase {
  const purchase = newPurchase(context, account, terms, automatic);
  context.changes.purchases.create(purchase);
  const underWay = { purchase: purchase.id, credits: totalCredits(terms), automatic };
  setRefills(context, account, { ...account.refills, underWay });
  return purchase;
}

function newPurchase(
  context: DecisionContext,
  account: AccountState,
  terms: PurchaseTerms,
  automatic: boolean,
): Purchase {
  const { credits, bonusCredits, price, currency, provider, paymentMethod, customer } = terms;
  return {
    id: account.ids.next(context.realNow),
    accountKey: account.account.key,
    environment: account.account.environment,
    credits,
    bonusCredits,
    price,
    currency,
    provider,
    paymentMethod,
    customer,
    package: terms.package,
    expiresAfterMs: terms.expiresAfterMs,
    priority: terms.priority,
    metadata: terms.metadata,
    automatic,
    status: 'pending',
    reference: null,
    actionUrl: null,
    failure: null,
    paid: null,
    grants: [],
    succeededAt: null,
    refunds: [],
    disputes: [],
    refundedMoney: ZERO,
    refundedCredits: ZERO,
    lostCredits: ZERO,
    createdAt: timeOf(context, account),
  };
}

export function decidedPurchase({ account }: AccountState, purchase: Purchase): Outcome<PurchaseDecision> {
  return accepted({ account: account.id, purchase: { ...purchase } });
}

import { type Amount, formatAmount, ZERO } from '#amounts';
import type { CreateGrant, VoidGrant } from '../commands.ts';
import { grantStatus, hasExpired, type Grant, type GrantStatus } from '../grant.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findAccount, findGrant, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import { enter } from './alert-on-balance.ts';
import { newGrant } from './new-grant.ts';
import { Transaction } from './transaction.ts';

/** A grant as one decision left it. */
export interface GrantDecision {
  /** The account's own id. */
  readonly account: string;
  readonly grant: Readonly<Grant>;
  readonly status: GrantStatus;
}

/** Gives credits to an account; debt is repaid out of them first, by a future grant too. */
export function createGrant(context: DecisionContext, command: CreateGrant): Outcome<GrantDecision> {
  const account = findAccount(context, command.account);
  if (!account) return refused({ code: 'account_not_found', account: command.account.id });
  const now = timeOf(context, account);
  const effectiveAt = command.effectiveAt ?? now;
  if (command.expiresAt !== null && command.expiresAt <= Math.max(effectiveAt, now)) {
    return refused({ code: 'grant_already_expired' });
  }
  if (account.account.status === 'closed') return refused({ code: 'account_closed', account: command.account.id });
  const terms = { ...command, ...moneyOf(command), effectiveAt, createdAt: now, period: null, purchase: null };
  const grant = newGrant(context, account, terms);
  const books = new Transaction(context, account);
  books.issue(grant);
  if (effectiveAt <= now) enter(context, account, grant, grant.amount);
  books.repayDebt(grant);
  // Of one that has repaid debt with all it had, nothing will come into effect later.
  if (grant.remaining.isZero()) grant.entered = true;
  emit(context, account, 'grant.created', grantData(grant));
  return decidedGrant(context, account, grant);
}

/** Of money that is stated, what was paid per credit follows. */
function moneyOf({ amount, costBasis, paid }: CreateGrant): Pick<Grant, 'amountPaid' | 'currency' | 'costBasis'> {
  if (!paid) return { amountPaid: null, currency: null, costBasis };
  return { amountPaid: paid.amount, currency: paid.currency, costBasis: paid.amount.div(amount).toDecimalPlaces(12) };
}

/** Takes back what of a grant is neither spent nor held. Voiding it again answers with the first result. */
export function voidGrant(context: DecisionContext, command: VoidGrant): Outcome<GrantDecision> {
  const found = findGrant(context, command.grant);
  if (!found) return refused({ code: 'grant_not_found' });
  const { account, grant } = found;
  if (grant.voidedAt !== null) return decidedGrant(context, account, grant);
  const now = timeOf(context, account);
  const rest = grant.remaining.minus(grant.held);
  if (hasExpired(grant, now) || rest.isZero()) return refused({ code: 'grant_not_voidable' });
  const returnable = returnableOf(grant, rest);
  if (command.returned?.gt(returnable)) return refused({ code: 'returned_exceeds_paid', returnable });
  new Transaction(context, account).takeBack(grant, rest);
  if (command.returned) {
    grant.returned = command.returned;
    context.changes.grants.updateRare(grant);
  }
  grant.voidedAt = now;
  context.changes.lost.delete(grant);
  context.changes.grants.update(grant);
  emit(context, account, 'grant.voided', { ...grantData(grant), amount_voided: formatAmount(rest) });
  return decidedGrant(context, account, grant);
}

/**
 * The most money that may be returned with these credits of a grant: what was paid for them. What a purchase has brought is
 * returned by a refund of the purchase.
 */
function returnableOf({ amount, amountPaid, costBasis, purchase }: Grant, rest: Amount): Amount {
  if (purchase !== null) return ZERO;
  if (amountPaid) return amountPaid.times(rest).div(amount).toDecimalPlaces(12);
  return costBasis ? costBasis.times(rest) : ZERO;
}

function decidedGrant(context: DecisionContext, account: AccountState, grant: Grant): Outcome<GrantDecision> {
  const status = grantStatus(grant, timeOf(context, account));
  return accepted({ account: account.account.id, grant: { ...grant }, status });
}

import type { Command, CommandType } from '../commands.ts';
import type { Outcome } from '../refusals.ts';
import { createAccount, setAccountStatus, updateAccount, type AccountDecision } from './accounts.ts';
import type { AuthorizationDecision } from './authorization-decision.ts';
import { adjust } from './adjust.ts';
import { authorize } from './authorize.ts';
import { charge } from './charge.ts';
import { decideRaise, requestRaise, type RaiseDecision } from './request-raise.ts';
import { deleteBudget, putBudget, raiseBudget, updateBudget, type BudgetDecision } from './change-budgets.ts';
import { sellCredits, type PurchaseDecision } from './begin-purchase.ts';
import { closeAccount } from './close.ts';
import { commitBatch } from './commit-batch.ts';
import { commit } from './commit.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { declinesOf } from './declines.ts';
import { eraseAccount, finishErasure } from './erase.ts';
import { extend } from './extend.ts';
import { createGrant, voidGrant, type GrantDecision } from './grants.ts';
import { cancelPurchase, recordPayment } from './record-payment.ts';
import { recordDispute } from './record-dispute.ts';
import { refundPurchase, settleRefund, type RefundDecision } from './refund-purchase.ts';
import { refund } from './refund.ts';
import { beginNaps } from './naps.ts';
import { restrain, type RestrainDecision } from './restrain.ts';
import { tell, type TellDecision } from './tell.ts';
import { resumeUsage } from './resume-usage.ts';
import { returnShare, type ShareDecision } from './return-share.ts';
import { setAlerts, type AlertsDecision } from './set-alerts.ts';
import { setPlan, type PlanDecision } from './set-plan.ts';
import {
  deleteRecurringGrant,
  pauseRecurringGrant,
  putRecurringGrant,
  resumeRecurringGrant,
  type RecurringDecision,
} from './set-recurring.ts';
import { setAutoTopup, type AutoTopupDecision } from './set-auto-topup.ts';
import { setRules, type RulesDecision } from './set-rules.ts';
import { authorizeBatch, chargeBatch, type BatchDecision } from './spend-batch.ts';
import { sweep, type SweepDecision } from './sweep.ts';
import { voidAuthorization } from './void.ts';
import { writeOff } from './write-off.ts';
import { observeBalances } from './observe-balances.ts';
import { reportLosses } from './report-losses.ts';

/** What each command is answered with when it isn't refused. */
export interface Decisions {
  create_account: AccountDecision;
  update_account: AccountDecision;
  set_account_status: AccountDecision;
  close_account: AccountDecision;
  write_off: AccountDecision;
  erase_account: AccountDecision;
  finish_erasure: AccountDecision;
  set_alerts: AlertsDecision;
  set_auto_topup: AutoTopupDecision;
  put_budget: BudgetDecision;
  update_budget: BudgetDecision;
  delete_budget: BudgetDecision;
  raise_budget: BudgetDecision;
  request_raise: RaiseDecision;
  decide_raise: RaiseDecision;
  set_rules: RulesDecision;
  set_plan: PlanDecision;
  restrain: RestrainDecision;
  tell: TellDecision;
  resume_usage: RulesDecision;
  sweep: SweepDecision;
  create_grant: GrantDecision;
  void_grant: GrantDecision;
  put_recurring_grant: RecurringDecision;
  delete_recurring_grant: RecurringDecision;
  pause_recurring_grant: RecurringDecision;
  resume_recurring_grant: RecurringDecision;
  begin_purchase: PurchaseDecision;
  record_payment: PurchaseDecision;
  cancel_purchase: PurchaseDecision;
  refund_purchase: RefundDecision;
  settle_refund: RefundDecision;
  record_dispute: PurchaseDecision;
  authorize: AuthorizationDecision;
  authorize_batch: BatchDecision;
  charge: AuthorizationDecision;
  charge_batch: BatchDecision;
  commit: AuthorizationDecision;
  commit_batch: BatchDecision;
  void: AuthorizationDecision;
  extend: AuthorizationDecision;
  refund: AuthorizationDecision;
  adjust: AuthorizationDecision;
  return_share: ShareDecision;
}

type Decide<T extends CommandType> = (context: DecisionContext, command: Command<T>) => Outcome<Decisions[T]>;

const DECIDE: { readonly [T in CommandType]: Decide<T> } = {
  create_account: createAccount,
  update_account: updateAccount,
  set_account_status: setAccountStatus,
  close_account: closeAccount,
  write_off: writeOff,
  erase_account: eraseAccount,
  finish_erasure: finishErasure,
  set_alerts: setAlerts,
  set_auto_topup: setAutoTopup,
  put_budget: putBudget,
  update_budget: updateBudget,
  delete_budget: deleteBudget,
  raise_budget: raiseBudget,
  request_raise: requestRaise,
  decide_raise: decideRaise,
  set_rules: setRules,
  set_plan: setPlan,
  restrain,
  tell,
  resume_usage: resumeUsage,
  sweep,
  create_grant: createGrant,
  void_grant: voidGrant,
  put_recurring_grant: putRecurringGrant,
  delete_recurring_grant: deleteRecurringGrant,
  pause_recurring_grant: pauseRecurringGrant,
  resume_recurring_grant: resumeRecurringGrant,
  begin_purchase: sellCredits,
  record_payment: recordPayment,
  cancel_purchase: cancelPurchase,
  refund_purchase: refundPurchase,
  settle_refund: settleRefund,
  record_dispute: recordDispute,
  authorize: (context, command) => authorize(context, command),
  authorize_batch: authorizeBatch,
  charge,
  charge_batch: chargeBatch,
  commit,
  commit_batch: commitBatch,
  void: voidAuthorization,
  extend,
  refund,
  adjust,
  return_share: returnShare,
};

/**
 * Decides one command against a state that was settled for its time, and changes the state to what it is afterwards.
 * It reads no clock, uses no randomness and knows no database; a refusal is a value and has changed no amount.
 */
export function decide<T extends CommandType>(context: DecisionContext, command: Command<T>): Outcome<Decisions[T]> {
  const handler: Decide<T> = DECIDE[command.type];
  const outcome = handler(askedBy(context, command as Command), command);
  beginNaps(context);
  reportLosses(context);
  observeBalances(context);
  context.changes.opened.clear();
  context.changes.grantedBefore.clear();
  return outcome;
}

function askedBy(context: DecisionContext, { keyId }: Command): DecisionContext {
  return keyId === undefined ? context : { ...context, keyId };
}

/** Counts what a decision has declined, of each account that was asked for credits. */
export function countDeclines(context: DecisionContext, command: Command, outcome: Outcome<unknown>): void {
  const { changes, state } = context;
  for (const { accountKey, reason, tags } of declinesOf(state, command, outcome)) {
    changes.declines.set(accountKey, (changes.declines.get(accountKey) ?? 0) + 1);
    const account = state.accounts.get(accountKey);
    if (!account) continue;
    const { environment } = account.account;
    changes.declinedRequests.push({ environment, accountKey, at: timeOf(context, account), reason, tags });
  }
}

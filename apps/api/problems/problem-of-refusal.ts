import { formatAmount } from '#amounts';
import type { CommandType, Refusal, RefusalCode } from '#ledger';
import { timeView } from '../lists/time-view.ts';
import { problemOfLimit, problemOfSuspension } from './problem-of-limit.ts';
import { problemOfPurchase } from './problem-of-purchase.ts';
import { problemOfPricing } from './problem-of-pricing.ts';
import { problem, type Problem } from './problem.ts';

type PlainRefusal = Exclude<
  RefusalCode,
  | 'account_not_found'
  | 'account_exists'
  | 'account_not_closed'
  | 'account_has_open_holds'
  | 'account_closed'
  | 'account_suspended'
  | 'too_many_holds'
  | 'too_many_budgets'
  | 'too_many_raise_requests'
  | 'too_many_recurring_grants'
  | 'budget_exists'
  | 'too_many_steps'
  | 'insufficient_credits'
  | 'credits_held'
  | 'refund_exceeds_committed'
  | 'returned_exceeds_paid'
  | 'write_off_exceeds_debt'
  | 'topup_under_way'
  | 'refund_exceeds_purchase'
  | 'unit_mismatch'
  | 'tag_conflict'
  | 'no_rate_card'
  | 'unpriced_usage'
  | 'output_unbounded'
  | 'usage_suspended'
  | 'request_too_large'
  | 'open_holds_exceeded'
  | 'spend_rate_exceeded'
  | 'budget_exceeded'
  | 'key_limit_exceeded'
  | 'environment_limit_exceeded'
>;

const DETAILS: Record<PlainRefusal, string> = {
  idempotency_key_reused:
    'This Idempotency-Key was first sent with a different request. Use a new key for a new request, or repeat the first one exactly.',
  grant_not_found: 'No grant of this environment has this id.',
  budget_not_found: 'The account has no budget with this id or name.',
  recurring_grant_not_found: 'The account has no recurring grant with this name.',
  raise_request_decided: 'The request was decided otherwise before, or its budget was deleted. Nothing was changed.',
  authorization_not_found: 'No authorization of this environment has this id.',
  account_id_taken: 'This id cannot be told apart from another account’s internally. Choose a different id.',
  grant_already_expired: 'expires_at must be after now and after effective_at.',
  grant_not_voidable: 'The grant has expired, or everything of it is spent or held.',
  purchase_not_found: 'No purchase or top-up of this environment has this id.',
  topup_not_under_way: 'Its payment has succeeded or failed already. Nothing was changed.',
  purchase_not_refundable:
    'It isn’t paid for, or is disputed, everything of it is spent, held or refunded, or so few credits cost less than can be paid back. Nothing was changed.',
  authorization_committed: 'It was committed before, with another amount or as a final commit. Nothing was changed.',
  authorization_voided: 'It was voided before. Nothing was changed.',
  authorization_expired:
    'Its hold has expired and was released. Usage can still be committed for 24 hours after the expiry.',
  authorization_open: 'Only a closed authorization can be refunded. Commit it finally, or void it, first.',
  adjusted_after_unpriced:
    'Some of its usage had no price when it was committed, so usage alone doesn’t say what it costs. Send an amount.',
  commit_too_late: 'A commit is taken until 24 hours after the hold has expired. Nothing was charged.',
};

/** What is said of an account and needs nothing else. */
const ABOUT_ACCOUNTS = {
  account_not_found: (id: string) => `No account of this environment has the id ${id}.`,
  account_not_closed: (id: string) => `Account ${id} is still in use. Close it first.`,
  account_has_open_holds: (id: string) =>
    `Account ${id} has open authorizations. Commit or void them, or wait until they have expired.`,
  account_closed: (id: string) => `Account ${id} is closed; only late commits and refunds still land.`,
  no_rate_card: (id: string) =>
    `Account ${id} had no rate card, so its usage has no price. Give it one, or send an amount.`,
} as const;

const NO_OWN_BUDGET =
  'The account has no budget of its own with this id or name. One that every account has is changed with PUT /v1/budgets/{name}; a budget of the account’s own by the same name takes its place.';

/** What a refusal means to some commands, where it means something else to the others. */
const DETAILS_FOR: Partial<Record<CommandType, Partial<Record<PlainRefusal, string>>>> = {
  void: {
    authorization_committed: 'It is committed, so nothing is held any more. To give credits back, refund it.',
    authorization_expired: 'Its hold has expired and was released, so there is nothing left to void.',
  },
  extend: {
    authorization_committed: 'It is committed, so there is no hold to extend. Authorize anew.',
    authorization_voided: 'It was voided, so there is no hold to extend. Authorize anew.',
    authorization_expired: 'Its hold has expired and was released. Authorize anew.',
  },
  update_budget: { budget_not_found: NO_OWN_BUDGET },
  delete_budget: { budget_not_found: NO_OWN_BUDGET },
  raise_budget: { budget_not_found: NO_OWN_BUDGET },
  request_raise: { budget_not_found: NO_OWN_BUDGET },
};

/**
 * The public words for a refusal.
 *
 * @param command what was refused; those that don't close or extend an authorization share their words
 */
export function problemOfRefusal(refusal: Refusal, command?: CommandType): Problem {
  switch (refusal.code) {
    case 'account_not_found':
    case 'account_not_closed':
    case 'account_has_open_holds':
    case 'account_closed':
    case 'no_rate_card':
      return problem(refusal.code, ABOUT_ACCOUNTS[refusal.code](refusal.account), { account: refusal.account });
    case 'account_suspended':
      return problemOfSuspension(refusal);
    case 'account_exists':
      return problem(refusal.code, describeDifference(refusal), { errors: refusal.differing.map(differingField) });
    case 'too_many_holds': {
      const { code, account, limit } = refusal;
      return problem(code, `Account ${account} has ${String(limit)} authorizations open already.`, { account, limit });
    }
    case 'too_many_steps':
      return problem(refusal.code, `${stepsTaken(refusal)} Make its final commit, or authorize anew.`, {
        limit: refusal.limit,
      });
    case 'insufficient_credits':
    case 'credits_held':
      return problemOfDecline(refusal);
    case 'unit_mismatch':
    case 'tag_conflict':
    case 'unpriced_usage':
    case 'output_unbounded':
      return problemOfPricing(refusal);
    case 'budget_exists':
    case 'too_many_budgets':
    case 'too_many_raise_requests':
    case 'too_many_recurring_grants':
    case 'usage_suspended':
    case 'request_too_large':
    case 'open_holds_exceeded':
    case 'spend_rate_exceeded':
    case 'budget_exceeded':
    case 'key_limit_exceeded':
    case 'environment_limit_exceeded':
      return problemOfLimit(refusal);
    case 'returned_exceeds_paid':
    case 'topup_under_way':
    case 'refund_exceeds_purchase':
      return problemOfPurchase(refusal);
    case 'write_off_exceeds_debt':
      return problem(refusal.code, `The account owes ${formatAmount(refusal.debt)}.`, {
        debt: formatAmount(refusal.debt),
      });
    case 'refund_exceeds_committed':
      return problem(
        refusal.code,
        `At most ${formatAmount(refusal.refundable)} can still be refunded. Nothing was changed.`,
        {
          refundable: formatAmount(refusal.refundable),
        },
      );
    default:
      return problem(refusal.code, (command && DETAILS_FOR[command]?.[refusal.code]) ?? DETAILS[refusal.code]);
  }
}

type AccountExists = Extract<Refusal, { code: 'account_exists' }>;

const TERM_FIELDS: Record<AccountExists['differing'][number], string> = {
  unit: 'unit',
  name: 'name',
  overdraftLimit: 'overdraft_limit',
  overage: 'overage',
  timeZone: 'time_zone',
  commitment: 'commitment',
  rateCard: 'rate_card',
  discount: 'discount',
  overrides: 'overrides',
  metadata: 'metadata',
};

function describeDifference({ differing }: AccountExists): string {
  const fields = differing.map((term) => TERM_FIELDS[term]).join(', ');
  return `An account with this id exists and differs in: ${fields}. PUT returns it as it is. PATCH changes its terms, but not its unit, and nothing of a closed account.`;
}

function differingField(term: AccountExists['differing'][number]): { field: string; message: string } {
  return { field: TERM_FIELDS[term], message: 'differs from that of the existing account' };
}

function stepsTaken({ counted, limit }: Extract<Refusal, { code: 'too_many_steps' }>): string {
  return counted === 'steps'
    ? `The authorization has had ${String(limit)} partial commits and extensions, as many as it may.`
    : `The partial commits of the authorization have drawn on grants ${String(limit)} times, as often as they may.`;
}

type Decline = Extract<Refusal, { code: 'insufficient_credits' | 'credits_held' }>;

function problemOfDecline(refusal: Decline): Problem {
  if (refusal.code === 'insufficient_credits') {
    return problem(refusal.code, `${describe(refusal)} More credits are needed.`, figures(refusal));
  }
  const words = `${describe(refusal)} Open authorizations hold enough to cover it once they are settled.`;
  return problem(refusal.code, words, {
    ...figures(refusal),
    retry_after: refusal.retryAfterSeconds,
    hold_expires_at: timeView(refusal.holdExpiresAt),
  });
}

function describe({ account, required, available, outOfScope }: Decline): string {
  const first = `Account ${account} has ${formatAmount(available)} available to this request, which needs ${formatAmount(required)}.`;
  if (outOfScope.isZero()) return first;
  return `${first} Another ${formatAmount(outOfScope)} are in grants whose scope excludes it.`;
}

function figures({ account, required, available, held, shortfall, outOfScope }: Decline): Record<string, string> {
  return {
    account,
    required: formatAmount(required),
    available: formatAmount(available),
    held: formatAmount(held),
    shortfall: formatAmount(shortfall),
    ...(outOfScope.isZero() ? {} : { available_in_scope_of_other_grants: formatAmount(outOfScope) }),
  };
}

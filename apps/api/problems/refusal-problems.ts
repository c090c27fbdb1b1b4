import type { RefusalCode } from '#ledger';
import type { ProblemKind } from './problem-kind.ts';

/**
 * A refusal that has no problem here doesn't compile; the docs test asks for its documentation. That a field is missing
 * (`output_unbounded`) is told as any malformed request.
 */
export const REFUSAL_PROBLEMS = {
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  account_not_found: { status: 404, title: 'There is no such account' },
  grant_not_found: { status: 404, title: 'There is no such grant' },
  authorization_not_found: { status: 404, title: 'There is no such authorization' },
  budget_not_found: { status: 404, title: 'There is no such budget' },
  budget_exists: { status: 409, title: 'The budget exists and differs' },
  raise_request_decided: { status: 409, title: 'The request for a raise is decided' },
  too_many_raise_requests: { status: 409, title: 'Too many requests for raises wait to be decided' },
  too_many_budgets: { status: 409, title: 'The account has too many budgets' },
  account_exists: { status: 409, title: 'The account exists with other terms' },
  account_id_taken: { status: 409, title: 'This account id cannot be used' },
  account_not_closed: { status: 409, title: 'The account is not closed' },
  account_has_open_holds: { status: 409, title: 'The account has open authorizations' },
  grant_already_expired: { status: 400, title: 'The grant would expire before it takes effect' },
  grant_not_voidable: { status: 409, title: 'Nothing of the grant is left to void' },
  authorization_committed: { status: 409, title: 'The authorization is committed' },
  authorization_voided: { status: 409, title: 'The authorization is voided' },
  authorization_expired: { status: 409, title: 'The authorization has expired' },
  commit_too_late: { status: 410, title: 'The authorization expired too long ago' },
  authorization_open: { status: 409, title: 'The authorization is still open' },
  refund_exceeds_committed: { status: 409, title: 'The refund is more than was committed' },
  tag_conflict: { status: 409, title: 'The authorization has the tag with another value' },
  adjusted_after_unpriced: { status: 409, title: 'Only an amount can adjust usage without a price' },
  account_closed: { status: 402, title: 'The account is closed' },
  account_suspended: { status: 402, title: 'The account is suspended' },
  too_many_holds: { status: 409, title: 'The account has too many open authorizations' },
  too_many_steps: { status: 409, title: 'The authorization has been changed too often' },
  unit_mismatch: { status: 422, title: 'The units differ' },
  no_rate_card: { status: 422, title: 'The account has no rate card' },
  unpriced_usage: { status: 422, title: 'Some usage has no price' },
  usage_suspended: { status: 402, title: 'Usage with this tag is suspended' },
  request_too_large: { status: 402, title: 'The request is larger than a rule allows' },
  open_holds_exceeded: { status: 402, title: 'The account has as many open authorizations as a rule allows' },
  spend_rate_exceeded: { status: 402, title: 'Credits are spent faster than a rule allows' },
  budget_exceeded: { status: 402, title: 'The budget does not suffice' },
  key_limit_exceeded: { status: 402, title: 'The limit of the API key does not suffice' },
  environment_limit_exceeded: { status: 402, title: 'The limit of the environment does not suffice' },
  insufficient_credits: { status: 402, title: 'The credits do not suffice' },
  credits_held: { status: 402, title: 'The credits are held by other authorizations' },
} as const satisfies Record<Exclude<RefusalCode, 'output_unbounded'>, ProblemKind>;

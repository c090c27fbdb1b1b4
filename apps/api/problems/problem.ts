import type { ProblemKind } from './problem-kind.ts';
import { REFUSAL_PROBLEMS } from './refusal-problems.ts';

/** An RFC 9457 problem: `code` is stable; extra fields help a program decide. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly [field: string]: unknown;
}

/** Every problem that isn't the ledger's own refusal. */
const REQUEST_PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is malformed' },
  invalid_api_key: { status: 401, title: 'A valid API key is needed' },
  scope_missing: { status: 403, title: 'The API key lacks the scope for this' },
  address_not_allowed: { status: 403, title: 'The API key may not be used from this address' },
  live_key_needed: { status: 403, title: 'Only an admin key of the live environment may do this' },
  api_key_bound: { status: 403, title: 'The API key is bound to an account' },
  api_key_expires_later: { status: 403, title: 'The key would be valid for longer than yours' },
  api_key_addresses_wider: { status: 403, title: 'The key could be used from more addresses than yours' },
  anomaly_not_found: { status: 404, title: 'There is no such anomaly' },
  raise_request_not_found: { status: 404, title: 'There is no such request for a raise' },
  limit_not_found: { status: 404, title: 'There is no such limit' },
  api_key_not_found: { status: 404, title: 'There is no such API key' },
  environment_not_found: { status: 404, title: 'There is no such environment' },
  api_key_inactive: { status: 409, title: 'The API key has ended' },
  api_key_configured: { status: 409, title: 'The API key is set by configuration' },
  live_clock_fixed: { status: 403, title: 'The time of this environment is real time' },
  test_clock_too_far: { status: 409, title: 'The clock would be too far ahead' },
  event_not_found: { status: 404, title: 'There is no such event' },
  period_not_found: { status: 404, title: 'There is no such month' },
  period_not_over: { status: 409, title: 'The month is not over' },
  period_out_of_order: { status: 409, title: 'Another month comes first' },
  period_not_closed: { status: 409, title: 'The month is not closed' },
  period_close_failed: { status: 409, title: 'The month could not be closed' },
  plan_not_found: { status: 404, title: 'There is no such plan' },
  report_not_found: { status: 404, title: 'There is no such report' },
  rate_card_not_found: { status: 404, title: 'There is no such rate card' },
  rate_card_version_not_found: { status: 404, title: 'The rate card has no such version' },
  rate_card_archived: { status: 409, title: 'The rate card is archived' },
  rate_card_purpose_differs: { status: 422, title: 'The rate card has another purpose' },
  credit_package_not_found: { status: 404, title: 'There is no such credit package' },
  topup_decided_by_provider: { status: 409, title: 'The provider decides about the payment' },
  no_credit_price: { status: 422, title: 'Credits have no price' },
  provider_not_allowed: { status: 422, title: 'The payment provider may not be used here' },
  provider_not_configured: { status: 422, title: 'The payment provider has no keys here' },
  credit_package_archived: { status: 409, title: 'The credit package is archived' },
  webhook_endpoint_not_found: { status: 404, title: 'There is no such webhook endpoint' },
  webhook_endpoint_disabled: { status: 409, title: 'The webhook endpoint is disabled' },
  webhook_host_unknown: { status: 400, title: 'The host of the URL is not known' },
  webhook_host_not_public: { status: 400, title: 'The host of the URL is not on the public internet' },
  webhook_signature_invalid: { status: 400, title: 'The webhook is not signed with its secret' },
  provider_unavailable: { status: 503, title: 'The payment provider does not answer' },
  secrets_key_missing: { status: 503, title: 'The service has no key to keep secrets with' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'The path does not take this method' },
  body_too_large: { status: 413, title: 'The body is too large' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  expectation_failed: { status: 417, title: 'The expectation cannot be met' },
  headers_too_large: { status: 431, title: 'The head of the request is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  too_many_streams: { status: 429, title: 'Too many streams are open' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  ledger_busy: { status: 503, title: 'The ledger has as much work as it can take' },
  ledger_unavailable: { status: 503, title: 'The ledger cannot work at the moment' },
  outcome_unknown: { status: 503, title: 'It is not known whether the request was carried out' },
} as const satisfies Record<string, ProblemKind>;

export const PROBLEMS = { ...REQUEST_PROBLEMS, ...REFUSAL_PROBLEMS };
export type ProblemCode = keyof typeof PROBLEMS;

/** Makes a problem; `detail` says what happened in this very case. */
export function problem(code: ProblemCode, detail: string, fields: Readonly<Record<string, unknown>> = {}): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:purser:problem:${code}`, title, status, detail, code, ...fields };
}

/** Thrown by what runs before a command reaches the ledger; the ledger itself refuses by value. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
    this.name = 'ProblemError';
  }
}

import type { VariableReader } from './variable-reader.ts';

/** How payments by Stripe are made, in each of its modes. */
export interface StripeConfig {
  /** STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET: for the environment `live`; null: it can't be paid by Stripe. */
  readonly live: StripeKeys | null;
  /** STRIPE_TEST_SECRET_KEY and STRIPE_TEST_WEBHOOK_SECRET: for all other environments, which cost nobody money. */
  readonly test: StripeKeys | null;
  /** PURSER_STRIPE_RETURN_URL: where customers come back to from a page of Stripe's; null: no such page is opened by itself. */
  readonly returnUrl: string | null;
  /** PURSER_STRIPE_API: where Stripe's API is. Only a test has it elsewhere than at Stripe. */
  readonly url: string;
}

export interface StripeKeys {
  readonly secretKey: string;
  /** By one of them what Stripe reports is signed; several while one is rolled. */
  readonly webhookSecrets: readonly string[];
}

const STRIPE_API = 'https://api.stripe.com';

export function readStripe(variables: VariableReader): StripeConfig {
  const live = variables.text('STRIPE_SECRET_KEY', { example: 'sk_live_…', problem: keyProblem('live') });
  const test = variables.text('STRIPE_TEST_SECRET_KEY', { example: 'sk_test_…', problem: keyProblem('test') });
  const liveWebhook = variables.text('STRIPE_WEBHOOK_SECRET', WEBHOOK_SECRET);
  const testWebhook = variables.text('STRIPE_TEST_WEBHOOK_SECRET', WEBHOOK_SECRET);
  if (live === undefined && liveWebhook !== undefined)
    variables.fault('STRIPE_SECRET_KEY', 'must be set with STRIPE_WEBHOOK_SECRET', 'sk_live_…');
  if (test === undefined && testWebhook !== undefined)
    variables.fault('STRIPE_TEST_SECRET_KEY', 'must be set with STRIPE_TEST_WEBHOOK_SECRET', 'sk_test_…');
  return {
    live: keysOf(live, liveWebhook),
    test: keysOf(test, testWebhook),
    returnUrl:
      variables.text('PURSER_STRIPE_RETURN_URL', {
        example: 'https://example.com/billing',
        problem: returnUrlProblem,
      }) ?? null,
    url:
      variables.text('PURSER_STRIPE_API', { example: 'http://127.0.0.1:12111', problem: loopbackProblem }) ??
      STRIPE_API,
  };
}

function keysOf(secretKey: string | undefined, webhookSecrets: string | undefined): StripeKeys | null {
  if (secretKey === undefined) return null;
  return { secretKey, webhookSecrets: (webhookSecrets?.split(',') ?? []).map((one) => one.trim()) };
}

/** The text is a secret, so it isn't repeated. */
function keyProblem(mode: 'live' | 'test'): (text: string) => string | null {
  const form = new RegExp(`^(?:sk|rk)_${mode}_[\\x21-\\x7e]+$`);
  return (text) => (form.test(text) ? null : `must be a key of Stripe's ${mode} mode, sk_${mode}_… or rk_${mode}_…`);
}

const WEBHOOK_SECRET = {
  example: 'whsec_…',
  problem: (text: string) =>
    text.split(',').every((one) => /^whsec_[\x21-\x7e]+$/.test(one.trim()))
      ? null
      : 'must be the secret of a webhook endpoint of Stripe, whsec_…, or a list of such secrets with commas between them',
};

function returnUrlProblem(text: string): string | null {
  return URL.canParse(text) && new URL(text).protocol === 'https:' ? null : 'must be a URL that begins with https://';
}

function loopbackProblem(text: string): string | null {
  const isLoopback = URL.canParse(text) && new URL(text).protocol === 'http:' && new URL(text).hostname === '127.0.0.1';
  return isLoopback ? null : `is '${text}' but must begin with http://127.0.0.1, as it is for tests only`;
}

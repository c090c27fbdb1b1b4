import { connect } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { StripeServer } from '../../test/support/stripe-server/stripe-server.ts';
import { PaymentProviders } from './payment-providers.ts';
import { StripeProvider } from './stripe/stripe-provider.ts';
import { TestProvider } from './test-provider/test-provider.ts';
import { paymentRequest } from './testing/payment-requests.ts';

let stripe: StripeServer;
beforeAll(async () => {
  stripe = await StripeServer.start();
});
afterAll(() => stripe.stop());

// It is asked for nothing, so nothing is connected to.
const test = new TestProvider(connect('postgres://127.0.0.1/none', { log: () => undefined }), { log: () => undefined });

function stripeIn(mode: 'live' | 'test'): StripeProvider {
  return new StripeProvider({
    secretKey: stripe.keys[mode],
    webhookSecrets: [`whsec_${mode}`],
    isLive: mode === 'live',
    url: stripe.url,
    returnUrl: null,
  });
}

describe('the providers of an environment', () => {
  it('are those that are configured for it, and test never for live', () => {
    const live = stripeIn('live');
    const providers = new PaymentProviders({ live, test: null }, test);
    expect(providers.find('stripe', 'live')).toBe(live);
    expect(providers.find('stripe', 'test')).toBe('provider_not_configured');
    expect(providers.find('stripe', 'staging')).toBe('provider_not_configured');
    expect(providers.find('test', 'live')).toBe('provider_not_allowed');
    expect(providers.find('test', 'staging')).toBe(test);
    expect(providers.find('manual', 'live')).toMatchObject({ name: 'manual' });
  });

  it('read a webhook by the mode whose secret signed it, and pay for live by live mode alone', async () => {
    const providers = new PaymentProviders({ live: stripeIn('live'), test: stripeIn('test') }, test);
    await stripeIn('live').collect(paymentRequest({ environment: 'live', paymentMethod: 'pm_card_visa' }));
    const { body = '' } = stripe.events.at(-1) ?? {};
    expect(await providers.readStripeWebhook(Buffer.from(body), sign(body, 'whsec_live'))).toHaveLength(1);
    expect(await providers.readStripeWebhook(Buffer.from(body), sign(body, 'whsec_test'))).toEqual([]);
    expect(await providers.readStripeWebhook(Buffer.from(body), sign(body, 'whsec_of_nobody'))).toBeNull();
  });
});

function sign(body: string, secret: string): string {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

import { Amount, formatAmount } from '#amounts';
import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentProvider, PaymentRequest, PaymentResult, ProviderPayment } from '../payment-provider.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';
import { listPayments } from './list-payments.ts';
import { paymentRequest, refundRequest } from './payment-requests.ts';

/** A provider, and what a test must be able to do with it. */
export interface ProviderUnderTest {
  readonly provider: PaymentProvider;
  /** How often money was taken for a purchase, by the provider's own books. */
  readonly charges: (purchase: string) => Promise<number>;
  readonly methods: { readonly ok: string; readonly declined: string; readonly requiresAction: string };
  /** Has the next payment be made and its answer lost. @returns the payment method to pay with */
  readonly loseAnswer: () => string;
}

/** What every provider promises. */
export function itTakesMoneyOnce(underTest: () => ProviderUnderTest): void {
  it('charges a purchase once, however often it is asked', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const first = await provider.collect(payment);
    expect(first).toEqual(succeededWith(payment));
    expect(await provider.collect(payment)).toEqual(first);
    expect(await provider.find(payment)).toEqual(first);
    expect(await charges(payment.purchase)).toBe(1);
  });

  it('charges a purchase once, however many ask at once', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const results = await Promise.all(Array.from({ length: 10 }, () => untilKnown(() => provider.collect(payment))));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await charges(payment.purchase)).toBe(1);
  });

  it('charges each purchase on its own', async () => {
    const { provider, charges, methods } = underTest();
    const payments = Array.from({ length: 3 }, () => paymentRequest({ paymentMethod: methods.ok }));
    const results = await Promise.all(payments.map((payment) => untilKnown(() => provider.collect(payment))));
    expect(new Set(results.map(({ reference }) => reference)).size).toBe(3);
    for (const { purchase } of payments) expect(await charges(purchase)).toBe(1);
  });

  it('charges nothing more for a purchase that is asked for with another price', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const first = await provider.collect(payment);
    const dearer = { ...payment, price: { amount: new Amount(99), currency: 'USD' } };
    expect(await provider.collect(dearer)).toEqual(first);
    expect(await charges(payment.purchase)).toBe(1);
  });

  it('says that the outcome is unknown when the answer is lost, and then finds the one charge', async () => {
    const { provider, charges, loseAnswer } = underTest();
    const payment = paymentRequest({ paymentMethod: loseAnswer() });
    await expect(provider.collect(payment)).rejects.toThrow(ProviderUnavailable);
    expect(await provider.collect(payment)).toEqual(succeededWith(payment));
    expect(await charges(payment.purchase)).toBe(1);
  });

  it('knows nothing of a purchase that it was never asked for', async () => {
    expect(await underTest().provider.find(paymentRequest())).toBeNull();
  });

  it.each([
    ['700', 'JPY'],
    ['1.25', 'KWD'],
    ['0.5', 'EUR'],
  ])('takes exactly %s %s', async (amount, currency) => {
    const { provider, methods } = underTest();
    const price = { amount: new Amount(amount), currency };
    const payment = paymentRequest({ price, paymentMethod: methods.ok });
    expect(await provider.collect(payment)).toEqual(succeededWith(payment));
  });
}

/** What a provider promises that collects nothing by itself: it never says that money was taken. */
export function itTakesNoMoney(underTest: () => PaymentProvider): void {
  it('leaves a payment open, whatever it is asked, and has nothing to list', async () => {
    const provider = underTest();
    const payment = paymentRequest();
    const pending = { status: 'processing', reference: null };
    expect(await provider.collect(payment)).toEqual(pending);
    expect(await provider.collect(payment)).toEqual(pending);
    expect(await provider.find(payment)).toBeNull();
    expect(await provider.cancel(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(await listPayments(provider, new Date(0), new Date())).toEqual([]);
  });
}

export function itTellsWhatCameOfIt(underTest: () => ProviderUnderTest): void {
  it('fails with a code and a message where the card is declined, and so it stays', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.declined });
    const result = await provider.collect(payment);
    expect(result).toMatchObject({
      status: 'failed',
      failure: { code: expect.stringMatching(/^[a-z_]+$/), message: expect.stringMatching(/^[A-Z].*\.$/) },
    });
    expect(await provider.collect(payment)).toEqual(result);
    expect(await charges(payment.purchase)).toBe(0);
  });

  it('waits where whoever pays must act, with a link', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.requiresAction });
    const result = await provider.collect(payment);
    expect(result).toMatchObject({ status: 'requires_action', actionUrl: expect.stringMatching(/^https?:\/\//) });
    expect(await provider.collect(payment)).toEqual(result);
    expect(await charges(payment.purchase)).toBe(0);
  });

  it('takes no money for a purchase that was canceled before it was asked for', async () => {
    const { provider, charges, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const canceled = await provider.cancel(payment);
    expect(canceled).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(await provider.collect(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(await charges(payment.purchase)).toBe(0);
  });

  it('cancels what waits for whoever pays', async () => {
    const { provider, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.requiresAction });
    await provider.collect(payment);
    expect(await provider.cancel(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(await provider.find(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
  });

  it('says that it is too late to cancel what is paid', async () => {
    const { provider, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const paid = await provider.collect(payment);
    expect(await provider.cancel(payment)).toEqual(paid);
    expect(await provider.find(payment)).toEqual(paid);
  });
}

export function itGivesBackOnce(underTest: () => ProviderUnderTest): void {
  it('gives a refund once, however often and by how many at once it is asked', async () => {
    const { provider, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const { reference } = await provider.collect(payment);
    const refund = refundRequest(payment, reference ?? '', { money: { amount: new Amount('2.5'), currency: 'USD' } });
    const results = await Promise.all(Array.from({ length: 5 }, () => untilKnown(() => provider.refund(refund))));
    for (const result of results) expect(result).toMatchObject({ status: 'succeeded', reference: expect.any(String) });
    expect(await provider.refund(refund)).toEqual(results[0]);
    expect(formatAmount((await listed(provider, payment)).refunded)).toBe('2.5');
  });

  it('gives back part by part, and never more than was paid', async () => {
    const { provider, methods } = underTest();
    const payment = paymentRequest({ paymentMethod: methods.ok });
    const { reference } = await provider.collect(payment);
    const part = { money: { amount: new Amount(10), currency: 'USD' } };
    expect(await provider.refund(refundRequest(payment, reference ?? '', part))).toMatchObject({ status: 'succeeded' });
    expect(await provider.refund(refundRequest(payment, reference ?? '', part))).toMatchObject({
      status: 'failed',
      failure: { code: expect.any(String), message: expect.any(String) },
    });
    expect(formatAmount((await listed(provider, payment)).refunded)).toBe('10');
  });
}

export function itListsItsPayments(underTest: () => ProviderUnderTest): void {
  it('lists what was paid and what was not, in the time that is asked for', async () => {
    const { provider, methods } = underTest();
    const paid = paymentRequest({ paymentMethod: methods.ok });
    const declined = paymentRequest({ paymentMethod: methods.declined });
    await provider.collect(paid);
    await provider.collect(declined);
    expect(await listed(provider, paid)).toMatchObject({
      account: 'acme',
      environment: 'test',
      status: 'succeeded',
      disputed: false,
    });
    expect(await listed(provider, paid)).toMatchObject({ price: paid.price });
    expect((await listed(provider, declined)).status).toBe('failed');
    expect(await listPayments(provider, new Date(0), new Date(1000))).toEqual([]);
  });
}

function succeededWith({ price }: PaymentRequest): PaymentResult {
  return { status: 'succeeded', reference: expect.any(String) as unknown as string, paid: price };
}

async function listed(provider: PaymentProvider, { purchase, begunAt }: PaymentRequest): Promise<ProviderPayment> {
  const from = new Date(begunAt.getTime() - 60_000);
  const payments = await listPayments(provider, from, new Date(Date.now() + 60_000));
  const [found, ...others] = payments.filter((payment) => payment.purchase === purchase);
  if (found === undefined || others.length > 0) throw new Error(`The provider doesn't list ${purchase} once`);
  return found;
}

/** Calls again while the outcome is unknown, as a worker does. */
async function untilKnown<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      await sleep(20);
    }
  }
}

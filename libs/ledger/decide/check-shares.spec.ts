import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import type { Exhausted, SpanLimit } from '../span-limits.ts';
import { budgetLedgerAt } from '../testing/budget-fixture.ts';
import { pricedLedgerAt, RATE_CARD } from '../testing/priced-fixture.ts';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const KEY: SpanLimit = { id: 'a0000000-0000-8000-8000-000000000001', kind: 'key', amount: new Amount(50), since: 0 };
const ENVIRONMENT: SpanLimit = { ...KEY, id: 'a0000000-0000-8000-8000-000000000002', kind: 'environment' };

function limited(limits: readonly SpanLimit[], exhausted: readonly Exhausted[] = []): LedgerFixture {
  const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('100');
  return ledger.spanLimits({ of: (_environment, _key, unit) => (unit === 'credits' ? limits : []), exhausted });
}

const nothingLeft = (limit: SpanLimit, left = '0'): Exhausted => ({
  limit: limit.id,
  amount: limit.amount,
  window: { start: 0, end: Date.parse('2026-02-01T00:00:00Z') },
  left: new Amount(left),
  spent: new Amount(40),
  held: new Amount(10),
});

describe('a request that the account’s share doesn’t suffice for', () => {
  it('wants a lease before anything is decided', () => {
    const refusal = refusalOf(() => limited([KEY]).authorize('4'));
    expect(refusal).toMatchObject({ code: 'key_limit_exceeded', wants: { limit: KEY.id, granted: '0', room: '0' } });
  });

  it('is declined where it is known that the limit has no more, and says when to ask again only where that may help', () => {
    const refusal = refusalOf(() => limited([ENVIRONMENT], [nothingLeft(ENVIRONMENT)]).authorize('4'));
    const figures = { spent: '40', held: '10', limit: '50' };
    const resetsAt = Date.parse('2026-02-01T00:00:00Z');
    const expected = { code: 'environment_limit_exceeded', wants: null, resetsAt, retryAfterSeconds: 1, ...figures };
    expect(refusal).toMatchObject(expected);
    const tooMuch = refusalOf(() => limited([ENVIRONMENT], [nothingLeft(ENVIRONMENT)]).authorize('11'));
    expect(tooMuch).toMatchObject({ retryAfterSeconds: null });
  });

  it('wants a lease again where less is wanted than is left, or the limit is another one by now', () => {
    const wants = { wants: { limit: KEY.id } };
    expect(refusalOf(() => limited([KEY], [nothingLeft(KEY, '5')]).authorize('4'))).toMatchObject(wants);
    const raised = { ...KEY, amount: new Amount(60) };
    expect(refusalOf(() => limited([raised], [nothingLeft(KEY)]).authorize('4'))).toMatchObject(wants);
  });

  it('is declined by the key before the environment', () => {
    const exhausted = [nothingLeft(KEY), nothingLeft(ENVIRONMENT)];
    expect(refusalOf(() => limited([KEY, ENVIRONMENT], exhausted).authorize('4')).code).toBe('key_limit_exceeded');
  });
});

it('a request that takes what there is wants all of it first, and then as much output as the limit has left', () => {
  const components = [{ quantity: 'output_tokens', per: '1000', amount: '10' }];
  const ledger = pricedLedgerAt('2026-01-01T00:00:00Z')
    .publish([{ event: 'chat', components, max_output_tokens: 1000 }])
    .account('acme', { rateCard: RATE_CARD })
    .grant('100');
  const output = { max: null, min: 100, fit: true };
  ledger.spanLimits({ of: () => [KEY], exhausted: [] });
  const refusal = refusalOf(() => ledger.authorizeUsage({ event: 'chat' }, { output }));
  expect(refusal).toMatchObject({ wants: { required: '10', least: '1' } });
  ledger.spanLimits({ of: () => [KEY], exhausted: [nothingLeft(KEY)] });
  const declined = refusalOf(() => ledger.authorizeUsage({ event: 'chat' }, { output }));
  expect(declined).toMatchObject({ code: 'key_limit_exceeded', required: '1', wants: null });
});

it('a request that a budget makes do with less wants as much as that allows for', () => {
  const components = [{ quantity: 'output_tokens', per: '1000', amount: '10' }];
  const ledger = budgetLedgerAt('2026-01-01T00:00:00Z')
    .publish([{ event: 'chat', components, max_output_tokens: 1000 }])
    .account('acme', { rateCard: RATE_CARD })
    .grant('100');
  const output = { max: null, min: 100, fit: true };
  ledger.budget('day', { amount: '5' }).spanLimits({ of: () => [KEY], exhausted: [] });
  const refusal = refusalOf(() => ledger.authorizeUsage({ event: 'chat' }, { output }));
  expect(refusal).toMatchObject({ code: 'key_limit_exceeded', wants: { required: '5', least: '1' } });
  ledger.spanLimits({ of: () => [KEY], exhausted: [nothingLeft(KEY)] });
  const declined = refusalOf(() => ledger.authorizeUsage({ event: 'chat' }, { output }));
  expect(declined).toMatchObject({ code: 'key_limit_exceeded', required: '1', wants: null });
});

it('a limit counts from when it was set', () => {
  const later = { ...KEY, since: Date.parse('2026-01-01T00:00:01Z') };
  const ledger = limited([later]);
  expect(ledger.authorize('4').held).toBe('4');
  ledger.advance(1);
  expect(refusalOf(() => ledger.authorize('4')).code).toBe('key_limit_exceeded');
});

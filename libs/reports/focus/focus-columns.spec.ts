import { describe, expect, it } from '@jest/globals';
import { FOCUS_COLUMNS, focusRow, type FocusUsage } from './focus-columns.ts';

const USAGE: FocusUsage = {
  day: '2026-12-31',
  account: 'acme',
  accountName: 'Acme',
  tags: { department: 'sales' },
  unit: 'credits',
  model: 'gpt-5',
  provider: 'openai',
  tokenType: 'cache_read_tokens',
  currency: 'USD',
  quantity: '1200',
  credits: '3.5',
  cost: '0.012',
};

describe('a row of FOCUS 1.2', () => {
  it('has a value for each of its 57 columns, in the order of their names', () => {
    const names = FOCUS_COLUMNS.map(({ name }) => name);
    expect(names).toHaveLength(57);
    expect(names).toEqual([...names].sort());
    expect(Object.keys(focusRow(USAGE, { environment: 'live' }))).toEqual(names);
  });

  it('has tokens as consumed, the model as SKU, its token type as meter, and credits as a virtual currency', () => {
    expect(focusRow(USAGE, { environment: 'live' })).toMatchObject({
      BilledCost: '0.012',
      BillingAccountId: 'live',
      BillingCurrency: 'USD',
      BillingPeriodEnd: '2027-01-01T00:00:00Z',
      BillingPeriodStart: '2026-12-01T00:00:00Z',
      ChargeDescription: 'cache read tokens of gpt-5',
      ChargePeriodEnd: '2027-01-01T00:00:00Z',
      ChargePeriodStart: '2026-12-31T00:00:00Z',
      ConsumedQuantity: '1200',
      ConsumedUnit: 'Tokens',
      PricingCurrency: 'credits',
      PricingCurrencyEffectiveCost: '3.5',
      ProviderName: 'openai',
      SkuId: 'gpt-5',
      SkuMeter: 'cache_read_tokens',
      SubAccountId: 'acme',
      Tags: '{"department":"sales"}',
    });
  });

  it('says where nothing was named', () => {
    const unnamed = focusRow({ ...USAGE, model: '', provider: '', tokenType: '' }, { environment: 'live' });
    expect(unnamed).toMatchObject({
      SkuId: 'Unknown',
      SkuMeter: 'Unknown',
      ProviderName: 'Unknown',
      ConsumedUnit: 'Unknown',
    });
    expect(unnamed).toMatchObject({ ChargeDescription: 'usage' });
  });
});

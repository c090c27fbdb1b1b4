import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { marginColumns, marginRows, type MarginTerms } from './margin-rows.ts';
import { noFigures, type UsageSum } from './usage-sum.ts';

const TERMS: MarginTerms = {
  column: 'model',
  hasDays: false,
  currency: 'USD',
  pricePerCredit: null,
  nameOf: (value) => value,
};

function sumOf(value: string, fields: Partial<Record<keyof UsageSum, string | number>> = {}): UsageSum {
  const { day = '', unit = 'credits', currency = 'USD', ...figures } = fields;
  const read = Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, typeof figure === 'number' ? figure : new Amount(figure)]),
  );
  return { ...noFigures(), ...read, value, day: String(day), unit: String(unit), currency: String(currency) };
}

describe('the rows of usage and margin', () => {
  it('have what was used, earned and paid to vendors, and what is left of it', () => {
    const use = { requests: 3, late: 1, unpriced: 1, unknownCosts: 2, credits: '10', paid: '6', promotional: '4' };
    const money = { revenue: '0.06', cost: '0.02', promotionalCost: '0.008', uncollected: '1', refunded: '0.5' };
    const { rows, total } = marginRows([sumOf('gpt', { ...use, ...money })], {
      ...TERMS,
      pricePerCredit: new Amount('0.01'),
    });
    const figures = {
      ...{ requests: 3, quantity: null, credits: '10', paid: '6', promotional: '4', included: '0', debt: '0' },
      ...{ list_price: '0.1', revenue: '0.06', cost: '0.02', promotional_cost: '0.008', margin: '0.04' },
      ...{ margin_percent: '66.6667', uncollected: '1', refunded: '0.5', late: 1, unpriced: 1, unknown_costs: 2 },
    };
    expect(rows).toEqual([{ model: 'gpt', unit: 'credits', ...figures }]);
    expect(total).toEqual(figures);
    expect(Object.keys(rows[0] ?? {})).toEqual(marginColumns(TERMS).map(({ name }) => name));
  });

  it('have money of one currency, and everything else of all', () => {
    const sums = [
      sumOf('gpt', { requests: 1, credits: '1', revenue: '1', cost: '3' }),
      sumOf('gpt', { requests: 1, credits: '2', revenue: '9', currency: 'EUR' }),
      sumOf('gpt', { requests: 1, credits: '4', currency: '' }),
    ];
    const { rows } = marginRows(sums, TERMS);
    expect(rows).toMatchObject([{ requests: 3, credits: '7', revenue: '1', cost: '3', margin: '-2' }]);
    expect(marginRows(sums, { ...TERMS, currency: 'EUR' }).rows).toMatchObject([
      { credits: '7', revenue: '9', cost: '0' },
    ]);
  });

  it('put values beyond the first ones together, and never what has a line of its own', () => {
    const sums = ['a', 'b', 'c', '(debt repaid)'].map((value, index) => sumOf(value, { credits: String(9 - index) }));
    const { rows, total } = marginRows(sums, TERMS, 1);
    expect(rows.map(({ model, credits }) => [model, credits])).toEqual([
      ['(other)', '15'],
      ['a', '9'],
      ['(debt repaid)', '6'],
    ]);
    expect(total).toMatchObject({ credits: '30' });
  });

  it('are of days where these are told apart, and leave out what is nothing', () => {
    const sums = [
      sumOf('a', { day: '2026-03-02', credits: '1' }),
      sumOf('a', { day: '2026-03-01', credits: '2' }),
      sumOf('b', { day: '2026-03-01', credits: '3' }),
      sumOf('c', { day: '2026-03-01' }),
    ];
    const { rows } = marginRows(sums, { ...TERMS, hasDays: true });
    expect(rows.map(({ day, model }) => [day, model])).toEqual([
      ['2026-03-01', 'b'],
      ['2026-03-01', 'a'],
      ['2026-03-02', 'a'],
    ]);
  });

  it('have no sum of credits of several units', () => {
    const sums = [sumOf('a', { credits: '1' }), sumOf('a', { credits: '1', unit: 'tokens', revenue: '2' })];
    const { rows, total } = marginRows(sums, TERMS);
    expect(rows).toHaveLength(2);
    expect(total).toMatchObject({ credits: null, list_price: null, revenue: '2' });
  });

  it('say of a token type how much was used, what it was priced at and what it cost', () => {
    const sums = [sumOf('input_tokens', { quantity: '1000', credits: '2', cost: '0.5' })];
    expect(marginRows(sums, { ...TERMS, column: 'token_type' }).rows).toMatchObject([
      {
        token_type: 'input_tokens',
        quantity: '1000',
        credits: '2',
        cost: '0.5',
        requests: null,
        revenue: null,
        margin: null,
      },
    ]);
  });
});

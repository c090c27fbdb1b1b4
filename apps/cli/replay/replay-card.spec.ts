import { describe, expect, it } from '@jest/globals';
import { readReplayCard } from './replay-card.ts';
import { costOfTokens, type TokenPrices } from './token-prices.ts';

const input = { quantity: 'input_tokens', amount: '0.03', per: '1000' };
const output = { quantity: 'output_tokens', amount: '0.06', per: '1000' };
const price = { event: 'chat.completed', components: [input, output] };

const read = (card: object) => readReplayCard(JSON.stringify(card), 'card.json');

describe('readReplayCard', () => {
  it('reads a card as the API takes it, or its prices alone', () => {
    expect(read({ name: 'Chat', unit: 'USD', prices: [price] })).toMatchObject({ unit: 'USD', prices: [price] });
    expect(read([price])).toMatchObject({ unit: 'credits', prices: [price] });
  });

  it.each([
    ['a name', { model: 'gpt-5' }, ['gpt-5']],
    ['a list of names', { model: ['gpt-5', 'gpt-5-mini'] }, ['gpt-5', 'gpt-5-mini']],
    ['a prefix', { model: 'gpt-5*' }, ['gpt-5']],
    ['nothing', {}, [null]],
  ])('takes the models from the match: %s', (_what, match, models) => {
    expect(read([{ ...price, match }]).models.map(({ model }) => model)).toEqual(models);
  });

  it.each([
    ['what is no JSON', '{', /^card\.json isn't a rate card to replay by: /],
    ['no price', '[]', /it has no prices/],
    ['a price that depends on a tag', [{ ...price, match: { plan: 'pro' } }], /prices\[0\]\.match\.plan/],
    ['a multiplier', [{ ...price, multipliers: [] }], /prices\[0\]\.multipliers/],
    ['tiers', [{ ...price, components: [{ ...input, pricing: 'graduated' }] }], /components\[0\]\.pricing/],
    ['what is included', [{ ...price, components: [{ ...input, included: '5' }] }], /components\[0\]\.included/],
    ['no price of output', [{ ...price, components: [input] }], /must price input_tokens and output_tokens/],
    [
      'a third of a credit',
      [{ ...price, components: [{ ...input, amount: '1', per: '3' }] }],
      /whole number of 10\^-12/,
    ],
    ['a model with two prices', [price, price], /two prices name any model of chat\.completed/],
  ])('refuses what it could not recompute, and names it: %s', (_what, card, message) => {
    expect(() => (typeof card === 'string' ? readReplayCard(card, 'card.json') : read(card))).toThrow(message);
  });
});

describe('costOfTokens', () => {
  it('is exact', () => {
    const [prices] = read([price]).models;
    expect(costOfTokens(prices as TokenPrices, 600, 150).toFixed()).toBe('0.027');
    expect(costOfTokens(prices as TokenPrices, 999_999_999_999, 1).toFixed()).toBe('30000000.00003');
  });
});

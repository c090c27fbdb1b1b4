import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#amounts';
import { diffPrices } from './diff-prices.ts';

function price(model: string | string[], amounts: Record<string, string>, others: JsonObject = {}): JsonObject {
  const components = Object.entries(amounts).map(([quantity, amount]) => ({ quantity, per: '1000000', amount }));
  return { event: 'chat.completed', match: { model }, components, ...others };
}

describe('what changes between two versions of a card', () => {
  it('is listed model by model, with the percent of every amount', () => {
    const before = [price(['a', 'b'], { input_tokens: '3', output_tokens: '15' }), price('old', { input_tokens: '1' })];
    const after = [
      price('a', { input_tokens: '3', output_tokens: '15' }),
      price('b', { input_tokens: '2', output_tokens: '16', reasoning_tokens: '20' }),
      price('new', { input_tokens: '4' }),
    ];
    expect(diffPrices(before, after)).toEqual({
      added: [
        {
          subject: 'new (chat.completed)',
          amounts: [{ quantity: 'input_tokens', from: null, to: '4 per 1000000', percent: null }],
          hasOtherChanges: false,
        },
      ],
      removed: [
        {
          subject: 'old (chat.completed)',
          amounts: [{ quantity: 'input_tokens', from: '1 per 1000000', to: null, percent: null }],
          hasOtherChanges: false,
        },
      ],
      changed: [
        {
          subject: 'b (chat.completed)',
          amounts: [
            { quantity: 'input_tokens', from: '3 per 1000000', to: '2 per 1000000', percent: '-33.3' },
            { quantity: 'output_tokens', from: '15 per 1000000', to: '16 per 1000000', percent: '6.7' },
            { quantity: 'reasoning_tokens', from: null, to: '20 per 1000000', percent: null },
          ],
          hasOtherChanges: false,
        },
      ],
      unchanged: 1,
    });
  });

  it('is more than amounts, and not the order in which fields are written', () => {
    const written: JsonObject = { event: 'e', components: [{ amount: '1', quantity: 'q', included: '5' }] };
    const rewritten: JsonObject = { components: [{ included: '5', quantity: 'q', amount: '1' }], event: 'e' };
    expect(diffPrices([written], [rewritten])).toMatchObject({ changed: [], unchanged: 1 });
    const other: JsonObject = { event: 'e', components: [{ quantity: 'q', amount: '1', included: '6' }] };
    expect(diffPrices([written], [other]).changed).toEqual([{ subject: 'e', amounts: [], hasOtherChanges: true }]);
    const halved = price('a', { q: '1' }, { multipliers: [{ match: { batch: true }, by: '0.5' }] });
    expect(diffPrices([price('a', { q: '1' })], [halved]).changed).toHaveLength(1);
  });

  it('tells prices of one model apart by what else they match', () => {
    const one: JsonObject = { event: 'e', match: { model: 'm', provider: ['aws', 'bedrock'] }, components: [] };
    expect(diffPrices([], [one]).added[0]?.subject).toBe('m (e, provider ["aws","bedrock"])');
  });
});

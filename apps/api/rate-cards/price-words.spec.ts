import { describe, expect, it } from '@jest/globals';
import type { ComponentJson } from './price-json.ts';
import { componentWords, matchWords, multiplierWords } from './price-words.ts';

describe('the words for a price', () => {
  it.each<[ComponentJson, string]>([
    [{ quantity: 'input_tokens', per: '1000', amount: '0.03' }, '1,000 input tokens cost 0.03 credits.'],
    [{ quantity: 'images', amount: '4' }, '1 image costs 4 credits.'],
    [{ quantity: 'web_searches', amount: '1' }, '1 web search costs 1 credit.'],
    [
      {
        quantity: 'input_tokens',
        per: '1000000',
        amount: '2.5',
        above_context: [{ input_tokens: '200000', amount: '5' }],
      },
      '1,000,000 input tokens cost 2.5 credits. In requests of more than 200,000 input tokens, 1,000,000 input tokens cost 5 credits.',
    ],
    [
      { quantity: 'output_tokens', per: '1000', amount: '0.04', included: '1000000', counted: 'month' },
      '1,000 output tokens cost 0.04 credits. The first 1,000,000 output tokens each month are free.',
    ],
    [
      {
        quantity: 'pages',
        pricing: 'graduated',
        tiers: [{ up_to: '10', amount: '10', flat: '2' }, { up_to: '20', amount: '5', flat: '3' }, { amount: '5' }],
      },
      'Pages in each request: up to 10, 10 credits each plus 2 credits; up to 20, 5 credits each plus 3 credits; beyond that, 5 credits each.',
    ],
    [
      { quantity: 'pages', pricing: 'volume', per: '100', tiers: [{ up_to: 100, amount: '2' }, { amount: '1' }] },
      'All pages of a request: up to 100, 2 credits per 100; beyond that, 1 credit per 100.',
    ],
    [
      { quantity: 'pages', pricing: 'package', per: 10, amount: '100', minimum: '5' },
      'Each package of 10 pages costs 100 credits, also one that is begun. A request with any costs at least 5 credits.',
    ],
    [{ quantity: 'requests', pricing: 'flat', amount: '0.5' }, 'A request costs 0.5 credits.'],
    [{ quantity: 'audio_seconds', pricing: 'flat', amount: '0.5' }, 'A request with audio seconds costs 0.5 credits.'],
  ])('say all of it: %j', (component, words) => {
    expect(componentWords(component, 'credits')).toBe(words);
  });

  it('say what it is for', () => {
    expect(matchWords({ model: ['gpt-5', 'gpt-5-mini'], video_quality: 'fast*' })).toBe(
      'model gpt-5 or gpt-5-mini, video quality fast*',
    );
    expect(matchWords({})).toBe('');
  });

  it('say what multiplies it', () => {
    expect(multiplierWords({ match: { batch: true }, by: '0.5' })).toBe(
      'With batch true, the price is multiplied by 0.5.',
    );
    expect(multiplierWords({ match: { time: '22:00-06:00 UTC', region: 'eu' }, by: '0.8' })).toBe(
      'From 22:00 to 06:00 UTC, with region eu, the price is multiplied by 0.8.',
    );
  });
});

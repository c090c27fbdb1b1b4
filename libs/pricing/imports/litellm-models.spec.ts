import { describe, expect, it } from '@jest/globals';
import { Amount, type Json } from '#amounts';
import { parsePrices } from '../parse-prices.ts';
import { cardPrices } from './card-prices.ts';
import { litellmModels } from './litellm-models.ts';

/** A file in the shape of LiteLLM's, with what it means of each kind. */
const FILE: Json = {
  sample_spec: { input_cost_per_token: 0, mode: 'one of: chat, embedding, …' },
  'sonnet-x': {
    cache_creation_input_token_cost: 3.75e-6,
    cache_creation_input_token_cost_above_1hr: 6e-6,
    cache_read_input_token_cost: 3e-7,
    input_cost_per_token: 3e-6,
    input_cost_per_token_above_200k_tokens: 6e-6,
    input_cost_per_token_batches: 1.5e-6,
    litellm_provider: 'anthropic',
    max_output_tokens: 64000,
    mode: 'chat',
    output_cost_per_token: 1.5e-5,
    output_cost_per_token_above_200k_tokens: 2.25e-5,
  },
  'azure_ai/large': {
    input_cost_per_token: 1e-7,
    litellm_provider: 'azure_ai',
    mode: 'chat',
    output_cost_per_token: 0,
  },
  embed: { input_cost_per_token: 2e-8, litellm_provider: 'openai', mode: 'embedding' },
  draw: { litellm_provider: 'vertex_ai-image-models', mode: 'image_generation', output_cost_per_image: 0.04 },
  'draw-by-token': {
    litellm_provider: 'openai',
    mode: 'image_generation',
    output_cost_per_image: 0.039,
    output_cost_per_image_token: 3e-5,
  },
  hear: {
    input_cost_per_second: 0.0001,
    litellm_provider: 'openai',
    mode: 'audio_transcription',
    output_cost_per_second: 0,
  },
  speak: { input_cost_per_character: 1.5e-5, litellm_provider: 'openai', mode: 'audio_speech' },
  order: { input_cost_per_query: 0.002, litellm_provider: 'cohere', mode: 'rerank' },
  'ollama/free': { input_cost_per_token: 0, litellm_provider: 'ollama', mode: 'chat', output_cost_per_token: 0 },
  hourly: { input_cost_per_second: 0.01, litellm_provider: 'bedrock', mode: 'chat' },
  look: { litellm_provider: 'tavily', mode: 'search' },
};

function read() {
  const list = litellmModels(FILE);
  if (!list) throw new Error('it is such a file');
  const options = { markup: new Amount(1), creditPrice: new Amount(1), event: null, byProvider: true };
  return { ...list, prices: cardPrices(list.models, options).prices };
}

describe('a card of LiteLLM’s list', () => {
  it('has prices by a million tokens, exactly, and by the context, by when the cache expires and the longest output', () => {
    expect(read().prices[0]).toEqual({
      event: 'chat.completed',
      match: { model: 'sonnet-x' },
      components: [
        {
          quantity: 'input_tokens',
          per: '1000000',
          amount: '3',
          above_context: [{ input_tokens: '200000', amount: '6' }],
        },
        { quantity: 'cache_read_tokens', per: '1000000', amount: '0.3' },
        { quantity: 'cache_write_tokens', per: '1000000', amount: '3.75' },
        { quantity: 'cache_write_1h_tokens', per: '1000000', amount: '6' },
        {
          quantity: 'output_tokens',
          per: '1000000',
          amount: '15',
          above_context: [{ input_tokens: '200000', amount: '22.5' }],
        },
      ],
      max_output_tokens: 64000,
    });
  });

  it('has other events and quantities', () => {
    const { prices } = read();
    expect(prices.map(({ event, match }) => [event, match])).toEqual([
      ['chat.completed', { model: 'sonnet-x' }],
      ['chat.completed', { provider: ['azure', 'azure_ai'], model: ['large', 'azure_ai/large'] }],
      ['embedding.created', { model: 'embed' }],
      ['image.generated', { provider: ['vertex', 'vertex_ai-image-models'], model: 'draw' }],
      ['image.generated', { model: 'draw-by-token' }],
      ['audio.transcribed', { model: 'hear' }],
      ['speech.generated', { model: 'speak' }],
      ['rerank.completed', { model: 'order' }],
    ]);
    expect(prices.slice(3).map(({ components }) => components)).toEqual([
      [{ quantity: 'images', amount: '0.04' }],
      [{ quantity: 'output_image_tokens', per: '1000000', amount: '30' }],
      [{ quantity: 'audio_seconds', amount: '0.0001' }],
      [{ quantity: 'characters', amount: '0.000015' }],
      [{ quantity: 'search_units', amount: '0.002' }],
    ]);
    expect(parsePrices(prices)).toMatchObject({ ok: true });
  });

  it('says what it leaves out, and charges for no model that the list has for nothing', () => {
    const notes = read().notes.map(({ providers: [provider], ...note }) => ({ ...note, provider }));
    expect(notes).toEqual([
      {
        model: 'sonnet-x',
        provider: 'anthropic',
        note: 'has prices that aren’t taken: input_cost_per_token_batches',
        isLeftOut: false,
      },
      {
        model: 'draw-by-token',
        provider: 'openai',
        note: 'has prices that aren’t taken: output_cost_per_image',
        isLeftOut: false,
      },
      { model: 'ollama/free', provider: 'ollama', note: 'has no price in the list', isLeftOut: true },
      {
        model: 'hourly',
        provider: 'bedrock',
        note: 'has only prices that a rate card doesn’t take: input_cost_per_second',
        isLeftOut: true,
      },
      { model: 'look', provider: 'tavily', note: 'is of a kind that has no event: "search"', isLeftOut: true },
    ]);
  });

  it('needs such a file', () => {
    expect(litellmModels([])).toBeNull();
    expect(litellmModels({ model: 3 })).toBeNull();
  });
});

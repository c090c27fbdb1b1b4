import { calcPrice, type ModelInfo, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Amount, formatAmount } from '#amounts';
import type { Usage } from '../usage.ts';
import { PRICED_QUANTITIES, REPEATED_PRICE } from './priced-quantities.ts';
import { VendorCosts } from './vendor-costs.ts';

const AT = Date.parse('2026-09-01T12:00:00Z');

let costs: VendorCosts;
let providers: readonly Provider[];

beforeAll(async () => {
  costs = await VendorCosts.load();
  providers = (await waitForUpdate()) ?? [];
});

function costOf(usage: Omit<Usage, 'event'>, at = AT): string | null {
  const cost = costs.costOf({ event: 'chat.completed', ...usage }, at);
  return cost && formatAmount(cost);
}

describe('what a model costs', () => {
  it('is exact where floats are not', () => {
    expect(costOf({ model: 'gpt-4o', input_tokens: 10, output_tokens: 20 })).toBe('0.000225');
  });

  it('depends on all input of the request, cached included, for the whole request', () => {
    const input = { model: 'gpt-5.4', input_tokens: 300_000, cache_read_tokens: 200_000 };
    expect(costOf(input)).toBe('0.6');
    expect(costOf({ ...input, output_tokens: 1000 })).toBe('0.6225');
    expect(costOf({ model: 'gpt-5.4', input_tokens: 271_999, output_tokens: 1000 })).toBe('0.6949975');
    expect(costOf({ model: 'gpt-5.4', input_tokens: 272_000, output_tokens: 1000 })).toBe('1.3825');
  });

  it('is what the vendor asked at that instant', () => {
    const usage = { model: 'gpt-5.6-luna', input_tokens: 1_000_000 - 800_000, output_tokens: 1000 };
    expect(costOf(usage, Date.parse('2026-07-29T23:59:59.999Z'))).toBe('0.206');
    expect(costOf(usage, Date.parse('2026-07-30T00:00:00Z'))).toBe('0.0412');
  });

  it('depends on the time of day where the vendor says so', () => {
    const usage = { provider: 'deepseek', model: 'deepseek-reasoner', output_tokens: 1_000_000 };
    expect(costOf(usage, Date.parse('2026-01-01T00:29:59.999Z'))).toBe('0.55');
    expect(costOf(usage, Date.parse('2026-01-01T00:30:00Z'))).toBe('2.19');
    expect(costOf(usage, Date.parse('2026-01-01T16:30:00Z'))).toBe('0.55');
  });

  it('counts cache writes by their time to live, and parts without a price of their own as their whole', () => {
    const model = 'claude-opus-4-8';
    expect(costOf({ model, input_tokens: 1_000_000, cache_write_tokens: 1_000_000 })).toBe('6.25');
    expect(costOf({ model, input_tokens: 1_000_000, cache_write_1h_tokens: 1_000_000 })).toBe('10');
    expect(costOf({ model, input_tokens: 1_000_000, cache_write_2h_tokens: 1_000_000 })).toBe('6.25');
    expect(costOf({ model, output_tokens: 1_000_000, reasoning_tokens: 999_999 })).toBe('25');
    expect(costOf({ model, input_tokens: 1000, web_searches: 3 })).toBe('0.035');
  });

  it('takes cached audio off both the cached and the audio tokens', () => {
    const usage = {
      model: 'gpt-realtime',
      input_tokens: 1_000_000,
      cache_read_tokens: 300_000,
      input_audio_tokens: 500_000,
    };
    // 100 000 cached audio at 0.40, 200 000 cached text at 0.40, 400 000 audio at 32, 300 000 text at 4.
    expect(costOf({ ...usage, cache_read_audio_tokens: 100_000 })).toBe('14.12');
  });

  it('never pays a token twice where parts overlap', () => {
    const overlapping = { cache_read_tokens: 800_000, input_audio_tokens: 500_000 };
    expect(costOf({ model: 'gpt-realtime', input_tokens: 1_000_000, ...overlapping })).toBe('6.72');
  });

  it('counts seconds, requests, pages and decimal quantities', () => {
    expect(costOf({ model: 'whisper-1', audio_seconds: '37.5' })).toBe('0.00375');
    expect(costOf({ provider: 'groq', model: 'whisper-large-v3', audio_seconds: 1 })).toBe('0.000308333333');
    expect(costOf({ provider: 'perplexity', model: 'sonar', input_tokens: 1000 })).toBe('0.013');
    expect(costOf({ provider: 'perplexity', model: 'sonar', input_tokens: 1000, requests: 2 })).toBe('0.025');
    expect(costOf({ model: 'mistral-ocr-2512', pages: 10, annotated_pages: 4 })).toBe('0.024');
    expect(costOf({ model: 'mistral-ocr-2512', pages: 10, properties: { annotated: true } })).toBe('0.03');
  });

  it('is half for a batch and for flex, where the vendor says so, without its searches', () => {
    const usage = { model: 'claude-opus-4-8', input_tokens: 1_000_000, web_searches: 1 };
    expect(costOf({ ...usage, properties: { batch: true } })).toBe('2.51');
    expect(costOf({ ...usage, properties: { service_tier: 'batch' } })).toBe('2.51');
    expect(costOf({ model: 'gpt-5', output_tokens: 1000, properties: { service_tier: 'flex' } })).toBe('0.005');
    expect(costOf({ model: 'gpt-5', output_tokens: 1000, properties: { service_tier: 'default', batch: true } })).toBe(
      '0.005',
    );
  });
});

describe('what a model costs is unknown, and not 0,', () => {
  it.each([
    ['where no list has the model', { model: 'our-own-llama', input_tokens: 1 }],
    ['where the usage names none', { input_tokens: 1 }],
    ['where the provider is another', { provider: 'ollama', model: 'gpt-5', input_tokens: 1 }],
    ['where only a protocol is named', { provider: 'openai-compatible', model: 'gpt-5', input_tokens: 1 }],
    ['where the list has no price for anything it counts', { model: 'gpt-5', images: 2 }],
    ['where the list has the model without prices', { provider: 'google', model: 'gemma-3', input_tokens: 1 }],
    [
      'where serving was priced by model',
      { model: 'gpt-5', input_tokens: 1, properties: { service_tier: 'priority' } },
    ],
    [
      'where serving has a name that no list has',
      { model: 'gpt-5', provider: 'openai', input_tokens: 1, properties: { service_tier: 'constructor' } },
    ],
    [
      'where throughput was bought',
      { model: 'gemini-2.5-pro', input_tokens: 1, properties: { traffic_type: 'PROVISIONED_THROUGHPUT' } },
    ],
    ['where the place has its price', { model: 'claude-opus-5', input_tokens: 1, properties: { inference_geo: 'us' } }],
    [
      'where a batch may read from the cache at another price',
      { model: 'gemini-2.5-pro', input_tokens: 9, cache_read_tokens: 9, properties: { batch: true } },
    ],
    ['where nothing says how much was used', { model: 'gpt-5' }],
  ])('%s', (_, usage) => {
    expect(costOf(usage)).toBeNull();
  });

  it('but nothing used costs nothing', () => {
    expect(costOf({ model: 'gpt-5', input_tokens: 0, output_tokens: 0 })).toBe('0');
  });
});

describe('against the calculator of the same price lists', () => {
  it('knows every kind of price', () => {
    const kinds = new Set<string>();
    for (const prices of allPrices()) for (const kind of Object.keys(prices)) kinds.add(kind);
    expect([...kinds].filter((kind) => !PRICED_QUANTITIES.has(kind))).toEqual([REPEATED_PRICE]);
    for (const prices of allPrices())
      if (REPEATED_PRICE in prices) expect(prices[REPEATED_PRICE]).toBe(prices['audio_hours']);
  });

  it('costs the same to 12 places for every model, at five instants', () => {
    const differing: string[] = [];
    let compared = 0;
    for (const at of [
      '2025-03-01T02:00Z',
      '2026-03-13T00:00Z',
      '2026-08-01T09:59Z',
      '2026-09-22T10:00Z',
      '2027-01-01T00:00Z',
    ]) {
      for (const provider of providers) {
        for (const [index, model] of provider.models.entries()) {
          const usage = usageOf(provider, model, index);
          const options = { providerId: provider.id, timestamp: new Date(at) };
          const theirs = calcPrice(theirUsage(usage), usage.model, options);
          const ours = costs.costOf(usage, Date.parse(at));
          // No price at all is 0 to them. We don't know: some of these models are free, others are sold by other units.
          if (ours === null && (theirs === null || Object.keys(theirs.model_price).length === 0)) continue;
          compared += 1;
          const expected = new Amount(String(theirs?.total_price)).toDecimalPlaces(12);
          if (!ours?.eq(expected))
            differing.push(`${provider.id}/${model.id}: ${String(ours)}, not ${expected.toFixed()}`);
        }
      }
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(7000);
  });
});

function allPrices() {
  return providers.flatMap(({ models }) =>
    models.flatMap(({ prices }) => (Array.isArray(prices) ? prices.map((one) => one.prices) : [prices])),
  );
}

/** A name that means the model: its id doesn't always. */
function nameOf({ id, match }: ModelInfo): string {
  const [first] = 'or' in match ? match.or : [match];
  return first && ('equals' in first || 'starts_with' in first || 'contains' in first)
    ? String(Object.values(first)[0])
    : id;
}

/** Some of everything that the model has a price for; every seventh request of a long context. */
function usageOf(provider: Provider, model: ModelInfo, index: number): Usage & { model: string } {
  const lists = Array.isArray(model.prices) ? model.prices.map((one) => one.prices) : [model.prices];
  const kinds = new Set(lists.flatMap((prices) => Object.keys(prices)));
  const quantities: Record<string, number> = {};
  const whole = index % 7 === 0 ? 900_000 : 120_000;
  for (const [step, [key, { quantity, partOf, within }]] of [...PRICED_QUANTITIES].entries()) {
    const part = within ? 100 + index : 3000 + 17 * index + step;
    if (!kinds.has(key) || quantity === 'requests') continue;
    quantities[quantity] = partOf ? part : quantity.endsWith('_searches') ? 3 : whole + index;
  }
  if (kinds.has('cache_write_1h_mtok')) quantities['cache_write_tokens'] = 500;
  return { event: 'chat.completed', provider: provider.id, model: nameOf(model), ...quantities };
}

/** The same usage as the calculator takes it. */
function theirUsage(usage: Usage): Record<string, number> {
  const names: Record<string, string> = {
    cache_read_audio_tokens: 'cache_audio_read_tokens',
    cache_read_image_tokens: 'cache_image_read_tokens',
    reasoning_tokens: 'output_reasoning_tokens',
    citation_tokens: 'output_citation_tokens',
    pages: 'input_document_pages',
    annotated_pages: 'input_annotated_document_pages',
    file_searches: 'storage_searches',
    text_messages: 'input_text_messages',
  };
  const theirs: Record<string, number> = {};
  for (const [name, count] of Object.entries(usage)) if (typeof count === 'number') theirs[names[name] ?? name] = count;
  // Theirs are parts of the wholes, ours stand beside them.
  const write1h = theirs['cache_write_1h_tokens'] ?? 0;
  if (write1h > 0) theirs['cache_write_tokens'] = (theirs['cache_write_tokens'] ?? 0) + write1h;
  const citations = theirs['output_citation_tokens'] ?? 0;
  if (citations > 0) theirs['output_tokens'] = (theirs['output_tokens'] ?? 0) + citations;
  return theirs;
}

import { waitForUpdate } from '@pydantic/genai-prices';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Amount, formatAmount, ZERO } from '#amounts';
import { VendorCosts } from '../costs/vendor-costs.ts';
import { parsePrices, readPrices } from '../parse-prices.ts';
import type { PriceList } from '../price-list.ts';
import { priceUsages } from '../price-usages.ts';
import type { Usage } from '../usage.ts';
import { type CardOptions, cardPrices } from './card-prices.ts';
import { genaiModels } from './genai-models.ts';
import type { ListedModel, PublishedList } from './listed-model.ts';

const AT = Date.parse('2026-11-29T03:00:00Z');
const AT_COST: CardOptions = { markup: new Amount(1), creditPrice: new Amount(1), event: null, byProvider: false };

let list: PublishedList;

beforeAll(async () => {
  list = await genaiModels(AT);
});

function modelsOf(provider: string): readonly ListedModel[] {
  return list.models.filter(({ label }) => label.startsWith(`${provider}/`));
}

function amountOf(prices: PriceList, usage: Usage): string | null {
  const terms = { prices, overrides: null, discount: ZERO };
  const counters = { used: () => ZERO, reserved: () => ZERO };
  const pricing = priceUsages(terms, { usages: [usage], tags: {}, at: AT }, counters);
  return pricing.ok ? formatAmount(pricing.priced.amount) : null;
}

function cardOf(provider: string, options: Partial<CardOptions> = {}): PriceList {
  return readPrices(cardPrices(modelsOf(provider), { ...AT_COST, ...options }).prices);
}

describe('a card of published prices', () => {
  it('has the markup, in units of what a credit is worth', () => {
    const usage = { event: 'chat.completed', model: 'claude-opus-4-8', output_tokens: 1000 };
    expect(amountOf(cardOf('anthropic', { markup: new Amount('1.3') }), usage)).toBe('0.0325');
    const credits = { markup: new Amount('1.3'), creditPrice: new Amount('0.01') };
    expect(amountOf(cardOf('anthropic', credits), usage)).toBe('3.25');
  });

  it('has rates for long contexts, times of day, minimums and annotations', () => {
    const long = { event: 'chat.completed', model: 'gpt-5.4', input_tokens: 300_000, cache_read_tokens: 200_000 };
    expect(amountOf(cardOf('openai'), { ...long, output_tokens: 1000 })).toBe('0.6225');
    const flash = { event: 'chat.completed', model: 'deepseek-v4-flash', output_tokens: 1_000_000 };
    expect(amountOf(cardOf('deepseek'), flash)).toBe('1.32');
    const audio = { event: 'audio.transcribed', model: 'whisper-large-v3', audio_seconds: 1 };
    expect(amountOf(cardOf('groq'), audio)).toBe('0.000308333333');
    const pages = { event: 'document.read', model: 'mistral-ocr-2512', pages: 10 };
    expect(amountOf(cardOf('mistral'), { ...pages, properties: { annotated: true } })).toBe('0.03');
  });

  it('is read without a fault, for each provider and for all of them', () => {
    const providers = new Set(list.models.map(({ label }) => label.slice(0, label.indexOf('/'))));
    for (const provider of providers) {
      expect(parsePrices(cardPrices(modelsOf(provider), AT_COST).prices)).toMatchObject({ ok: true });
    }
    const all = cardPrices(list.models, { ...AT_COST, byProvider: true });
    expect(parsePrices(all.prices)).toMatchObject({ ok: true });
    expect(all.notes).toEqual([]);
    expect(providers.size).toBeGreaterThan(40);
  });

  it('drops no model without saying so', async () => {
    const labels = ((await waitForUpdate()) ?? []).flatMap(({ id, models }) =>
      models.map((model) => `${id}/${model.id}`),
    );
    const said = new Set(list.notes.filter(({ isLeftOut }) => isLeftOut).map(({ model }) => model));
    const kept = new Set(list.models.map(({ label }) => label));
    expect(labels.filter((label) => kept.has(label) === said.has(label))).toEqual([]);
    expect(list.models.filter(({ names, prefixes }) => names.length + prefixes.length === 0)).toEqual([]);
  });

  it('charges what the vendors do, without a markup, for every name of every model', async () => {
    const costs = await VendorCosts.load();
    const prices = readPrices(cardPrices(list.models, { ...AT_COST, byProvider: true }).prices);
    const differing = list.models.flatMap((model) => {
      const [provider = ''] = model.providers;
      return [...model.names, ...model.prefixes].flatMap((name) => {
        const usage = usageOf(model, provider, name);
        const ours = amountOf(prices, usage);
        const cost = costs.costOf(usage, AT);
        return cost !== null && ours === formatAmount(cost)
          ? []
          : [`${provider}/${name}: ${String(ours)}, not ${String(cost)}`];
      });
    });
    expect(differing).toEqual([]);
  });
});

/** Some of every quantity with a price. */
function usageOf({ rates, event }: ListedModel, provider: string, model: string): Usage {
  const counted = rates.filter(({ quantity }) => quantity !== 'requests');
  const quantities = counted.map(({ quantity }, index): [string, number] => {
    const isWhole = quantity === 'input_tokens' || quantity === 'output_tokens';
    return [quantity, isWhole ? 310_000 : 1000 + index];
  });
  return { event, provider, model, ...Object.fromEntries(quantities) };
}

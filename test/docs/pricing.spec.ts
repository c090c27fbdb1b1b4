import { describe, expect, it } from '@jest/globals';
import { formatAmount, ZERO, type Json, type JsonObject } from '#amounts';
import { priceUsages, readPrices, type Line, type Usage } from '#pricing';
import { readFileSync } from 'node:fs';

const guide = readFileSync(new URL('../../docs/pricing.md', import.meta.url), 'utf8');

interface Example {
  readonly heading: string;
  readonly card: { prices: Json };
  readonly usage: Usage | readonly Usage[];
  readonly result: JsonObject;
}

/** Three JSON blocks each: the prices of a card, a usage or a list of them, and what it costs. */
function examplesIn(markdown: string): Example[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    const blocks = [...section.matchAll(/^```json\n(.*?)^```$/gms)].map(
      ([, text = '']) => JSON.parse(text) as JsonObject,
    );
    const cards = blocks.flatMap((block, index) => ('prices' in block ? [index] : []));
    return cards.map((index) => {
      const [card, usage, result] = blocks.slice(index, index + 3);
      if (!card || !usage || !result || !('lines' in result)) throw new Error(`an example is incomplete: ${heading}`);
      return { heading, card: { prices: card['prices'] ?? null }, usage: usage as unknown as Usage, result };
    });
  });
}

function shown({ count, rate, amount, ...line }: Line): JsonObject {
  return { ...line, count: formatAmount(count), rate: rate && formatAmount(rate), amount: formatAmount(amount) };
}

const examples = examplesIn(guide);

describe('docs/pricing.md', () => {
  it('has an example of every way to price', () => {
    expect(examples.length).toBeGreaterThanOrEqual(11);
    for (const pricing of ['graduated', 'volume', 'package', 'flat'])
      expect(guide).toContain(`"pricing": "${pricing}"`);
  });

  it.each(examples.map((example) => [example.heading, example] as const))(
    'computes the example of “%s”',
    (_, example) => {
      const terms = { prices: readPrices(example.card.prices), overrides: null, discount: ZERO };
      const usages = Array.isArray(example.usage) ? (example.usage as readonly Usage[]) : [example.usage as Usage];
      const request = { usages, tags: {}, at: Date.parse('2026-03-01T12:00:00Z') };
      const pricing = priceUsages(terms, request, { used: () => ZERO, reserved: () => ZERO });
      if (!pricing.ok) throw new Error('the usage has no price');
      const lines = pricing.priced.usages.flatMap((usage) => usage.lines.map(shown));
      expect({ amount: formatAmount(pricing.priced.amount), lines }).toMatchObject(example.result);
    },
  );

  it('lists its sections in its contents', () => {
    const headings = [...guide.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
    const listed = [...guide.matchAll(/^- \[(.*?)\]\(#/gm)].map(([, heading = '']) => heading);
    expect(listed).toEqual(headings);
  });
});

import { countedQuantity } from './counted-quantity.ts';
import { FieldReader, readList } from './field-reader.ts';
import { findTies } from './find-ties.ts';
import type { Match } from './match.ts';
import { parseComponent } from './parse-component.ts';
import { parseMatch } from './parse-match.ts';
import { parseMultiplier } from './parse-multiplier.ts';
import type { PriceFault } from './price-fault.ts';
import { PriceList } from './price-list.ts';
import { groupQuantities } from './quantity-groups.ts';
import type { Component, Price } from './rate-card.ts';

/** All models that are published have room in one card. */
export const PRICES_MAX = 2000;
/** What all matches of a card may name: a usage's price is found by these. */
const MATCH_VALUES_MAX = 20_000;
const COMPONENTS_MAX = 20;
const MULTIPLIERS_MAX = 50;
const FIELDS = ['event', 'match', 'components', 'multipliers', 'max_output_tokens'];

export type ParsedPrices =
  { readonly ok: true; readonly prices: PriceList } | { readonly ok: false; readonly faults: readonly PriceFault[] };

/** Reads the prices of a card, or an account's own. Finds all faults at once; `root` is what their fields start with. */
export function parsePrices(json: unknown, root = 'prices'): ParsedPrices {
  const { prices, faults } = parseList(json, root);
  const values = prices.reduce((sum, { match }) => sum + valuesIn(match), 0);
  if (values > MATCH_VALUES_MAX) {
    const message = `must name at most ${String(MATCH_VALUES_MAX)} values in all their matches, not ${String(values)}`;
    faults.push({ field: root, message, isLimit: true });
  }
  // Where a price couldn't be read, the others' indexes are no longer those of the list.
  if (Array.isArray(json) && prices.length === json.length) faults.push(...findTies(prices, root));
  return faults.length === 0 ? { ok: true, prices: new PriceList(prices) } : { ok: false, faults };
}

/**
 * Reads prices that were stored. Their size and ties were checked when they were saved, by what held then: versions never change,
 * and must be read for as long as they are kept. Of prices that tie, the first is found.
 *
 * @throws {Error} where they can't be read, as only prices can't that nobody has checked
 */
export function readPrices(json: unknown): PriceList {
  const { prices, faults } = parseList(json, 'prices');
  const unreadable = faults.filter(({ isLimit }) => !isLimit);
  if (unreadable.length > 0) throw new Error(`stored prices have faults: ${JSON.stringify(unreadable)}`);
  return new PriceList(prices);
}

function parseList(json: unknown, root: string): { prices: readonly Price[]; faults: PriceFault[] } {
  const faults: PriceFault[] = [];
  const prices = readList(json, root, 1, PRICES_MAX, (price, path) => parsePrice(price, path, faults), faults);
  return { prices, faults };
}

function parsePrice(json: unknown, path: string, faults: PriceFault[]): Price | null {
  const fields = FieldReader.open(json, path, FIELDS, faults);
  if (!fields) return null;
  const event = fields.name('event');
  const match = parseMatch(fields.json('match'), `${path}.match`, faults);
  if (match.some(({ name }) => name === 'time')) {
    fields.fault('match.time', 'must be in a multiplier: prices depend on the time by a factor');
  }
  if (!fields.has('components')) fields.fault('components', 'is missing: what each quantity costs');
  const components = fields.list('components', 1, COMPONENTS_MAX, (component, at) =>
    parseComponent(component, at, faults, (quantity, period) => countedQuantity(event ?? '', match, quantity, period)),
  );
  const multipliers = fields.list('multipliers', 0, MULTIPLIERS_MAX, (one, at) => parseMultiplier(one, at, faults));
  const maxOutputTokens = parseMaxOutputTokens(fields);
  checkQuantities(fields, components);
  if (event === null) return null;
  const isPlain = multipliers.length === 0 && components.every(costsWholePicos);
  const groups = groupQuantities(components);
  return { event, match, components, groups, multipliers, isPlain, maxOutputTokens };
}

/** See {@link Price.isPlain}. */
function costsWholePicos({ picos, counter, tiers, included, pricing }: Component): boolean {
  if (picos !== null) return true;
  const hasWholeTiers = tiers.every((tier) => tier.picos !== null && (tier.upTo === null || tier.upTo.isInteger()));
  return pricing === 'graduated' && counter !== null && included.isInteger() && hasWholeTiers;
}

function valuesIn(match: Match): number {
  return match.reduce((sum, condition) => sum + (condition.kind === 'prefix' ? 1 : condition.values.size), 0);
}

/** A quantity that two components price would be charged twice, or by either. */
function checkQuantities(fields: FieldReader, components: readonly Component[]): void {
  const quantities = new Set<string>();
  for (const { quantity } of components) {
    if (quantities.has(quantity)) fields.fault('components', `must have one component for ${quantity}, not several`);
    quantities.add(quantity);
  }
}

function parseMaxOutputTokens(fields: FieldReader): number | null {
  if (!fields.has('max_output_tokens')) return null;
  const value = fields.json('max_output_tokens');
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  return fields.fault('max_output_tokens', 'must be a whole number, 1 or more');
}

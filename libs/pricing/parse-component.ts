import { Amount, formatAmount, ZERO } from '#amounts';
import { laidOut, picosOfUnit, type StatedTier } from './component-amount.ts';
import { FieldReader } from './field-reader.ts';
import type { PriceFault } from './price-fault.ts';
import {
  type Component,
  type ContextRate,
  type CountedQuantity,
  type Period,
  PERIODS,
  PRICING_MODELS,
} from './rate-card.ts';
import { RESERVED_NAMES } from './usage.ts';

const TIERS_MAX = 20;
const CONTEXT_RATES_MAX = 20;
const QUANTITY_NAME = /^[a-z][a-z0-9_]{0,127}$/;
const FIELDS = ['quantity', 'pricing', 'per', 'amount', 'tiers', 'above_context', 'minimum', 'included', 'counted'];
const ONE = new Amount(1);

/** Reads a component; null where it can't be made out. What it gives in spite of faults is not to be used. */
export function parseComponent(
  json: unknown,
  path: string,
  faults: PriceFault[],
  counterOf: (quantity: string, period: Period) => CountedQuantity,
): Component | null {
  const fields = FieldReader.open(json, path, FIELDS, faults);
  if (!fields) return null;
  const quantity = parseQuantity(fields);
  const pricing = fields.has('pricing') ? fields.oneOf('pricing', PRICING_MODELS) : 'per_unit';
  const counted = fields.has('counted') ? fields.oneOf('counted', ['request', ...PERIODS]) : 'request';
  const per = fields.positiveUnits('per') ?? ONE;
  const tiers = fields.list('tiers', 1, TIERS_MAX, (tier, at) => parseTier(tier, at, faults));
  const aboveContext = fields.list('above_context', 0, CONTEXT_RATES_MAX, (rate, at) =>
    parseContextRate(rate, at, faults),
  );
  const amount = fields.amount('amount');
  const minimum = fields.amount('minimum');
  const included = fields.units('included') ?? ZERO;
  if (pricing !== null && counted !== null) checkCombination(fields, { pricing, counted, tiers, aboveContext });
  if (quantity === null || pricing === null || counted === null) return null;
  const units = { per, perReciprocal: reciprocalOf(per) };
  const component = {
    ...{ quantity, pricing, ...units, amount, tiers: laidOut(tiers, units), aboveContext, minimum, included },
    ...{ counted, counter: counted === 'request' ? null : counterOf(quantity, counted) },
  };
  return { ...component, picos: picosAlone(component) };
}

/** What a unit costs where it costs that and nothing else. */
function picosAlone(component: Omit<Component, 'picos'>): number | null {
  const { pricing, amount, aboveContext, minimum, included } = component;
  if (pricing !== 'per_unit' || amount === null) return null;
  const isAlone = aboveContext.length === 0 && minimum === null && included.isZero();
  return isAlone ? picosOfUnit(component, amount) : null;
}

function parseQuantity(fields: FieldReader): string | null {
  const quantity = fields.json('quantity');
  if (typeof quantity !== 'string' || !QUANTITY_NAME.test(quantity)) {
    return fields.fault('quantity', 'must be the name of a quantity in snake_case, like "input_tokens"');
  }
  if (!RESERVED_NAMES.has(quantity)) return quantity;
  return fields.fault('quantity', `must be another name: ${quantity} isn't a quantity`);
}

type Combination = Pick<Component, 'pricing' | 'counted' | 'aboveContext'> & { readonly tiers: readonly StatedTier[] };

/** Fields that are each well written may still not go together. */
function checkCombination(fields: FieldReader, { pricing, counted, tiers, aboveContext }: Combination): void {
  if (pricing === 'graduated' || pricing === 'volume') {
    if (!fields.has('tiers')) fields.fault('tiers', `is missing: ${pricing} needs tiers`);
    fields.refuse('amount', 'must be left out: the tiers have the amounts');
    fields.refuse('above_context', 'must be left out: it replaces an amount, and the tiers have theirs');
    checkTiers(fields, tiers);
  } else {
    if (!fields.has('amount')) fields.fault('amount', `is missing: ${pricing} needs an amount`);
    fields.refuse('tiers', `must be left out: ${pricing} has an amount. Tiers are for graduated and volume`);
  }
  if (pricing === 'flat') fields.refuse('per', 'must be left out: a flat amount is for any quantity');
  if (counted !== 'request') {
    if (pricing === 'volume') fields.fault('counted', 'must be request: volume over a period would reprice the past');
    fields.refuse('minimum', 'must be left out: a minimum is for each request, not for a period');
  }
  if (!isAscending(aboveContext.map(({ inputTokens }) => inputTokens))) {
    fields.fault('above_context', 'must have ascending input_tokens');
  }
}

function checkTiers(fields: FieldReader, tiers: readonly StatedTier[]): void {
  const ends = tiers.map(({ upTo }) => upTo);
  // Tiers with faults of their own are left out of the list, which then proves nothing.
  const stated = fields.json('tiers');
  if (!Array.isArray(stated) || stated.length !== tiers.length || tiers.length === 0) return;
  if (ends.at(-1) !== null) fields.fault('tiers', 'must end with a tier without up_to, for all that is beyond');
  const limits = ends.slice(0, -1);
  if (limits.includes(null)) fields.fault('tiers', 'must have up_to in every tier but the last');
  else if (!isAscending(limits.filter((limit) => limit !== null))) fields.fault('tiers', 'must have ascending up_to');
}

function isAscending(amounts: readonly Amount[]): boolean {
  return amounts.every((amount, index) => index === 0 || amount.gt(amounts[index - 1] ?? amount));
}

function parseTier(json: unknown, path: string, faults: PriceFault[]): StatedTier | null {
  const fields = FieldReader.open(json, path, ['up_to', 'amount', 'flat'], faults);
  if (!fields) return null;
  const isOpen = !fields.has('up_to');
  const upTo = fields.positiveUnits('up_to');
  const amount = fields.requiredAmount('amount');
  const flat = fields.has('flat') ? fields.amount('flat') : ZERO;
  return amount && flat && (isOpen || upTo) ? { upTo, amount, flat } : null;
}

function parseContextRate(json: unknown, path: string, faults: PriceFault[]): ContextRate | null {
  const fields = FieldReader.open(json, path, ['input_tokens', 'amount'], faults);
  if (!fields) return null;
  if (!fields.has('input_tokens')) fields.fault('input_tokens', 'is missing: the input above which the amount holds');
  const inputTokens = fields.units('input_tokens');
  const amount = fields.requiredAmount('amount');
  return inputTokens && amount && { inputTokens, amount };
}

/** Nearly every `per` is a power of ten, and only of these the reciprocal is taken: most others have none that is exact. */
function reciprocalOf(per: Amount): Amount | null {
  const digits = formatAmount(per);
  return /^10*$/.test(digits) ? new Amount(`1e-${String(digits.length - 1)}`) : null;
}

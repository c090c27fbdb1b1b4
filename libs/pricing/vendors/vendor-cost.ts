import { Amount, formatAmount, type Json, type JsonObject } from '#amounts';
import { at, isObject } from './json.ts';

/** As many as amounts have. */
const PLACES = 12;
/** No request costs so much: what an answer says beyond it isn't believed. */
const AMOUNT_MAX = new Amount('1e9');

/** What the vendor says that it charges for a request. */
export interface VendorCost {
  /** In units of the currency, in plain notation; what the answer says, rounded to 12 places where it says more. */
  readonly amount: string;
  readonly currency: 'USD';
  /** What the model's own vendor charges beside it, where the customer's key for that vendor was used. */
  readonly upstream: string | null;
}

/** xAI counts its costs in these. */
const USD_OF_TICK = new Amount('0.0000000001');

/** Reads the cost that a usage object states: OpenRouter's, xAI's, Perplexity's and DeepInfra's. */
export function statedCost(usage: JsonObject): VendorCost | null {
  const ticks = exact(usage['cost_in_usd_ticks']);
  const amount = ticks
    ? ticks.times(USD_OF_TICK)
    : firstExact(usage['cost'], at(usage, 'cost', 'total_cost'), usage['estimated_cost']);
  const stated = shown(amount);
  if (stated === null) return null;
  const upstream = usage['is_byok'] === true ? exact(at(usage, 'cost_details', 'upstream_inference_cost')) : null;
  return { amount: stated, currency: 'USD', upstream: shown(upstream) };
}

/** The cost of a model that a gateway states by itself. */
export function gatewayCost(cost: Json | undefined): VendorCost | null {
  const amount = shown(exact(cost));
  return amount === null ? null : { amount, currency: 'USD', upstream: null };
}

function shown(amount: Amount | null): string | null {
  return amount && amount.lte(AMOUNT_MAX) ? formatAmount(amount) : null;
}

const DECIMAL = /^\d{1,20}(?:\.\d{1,30})?(?:[eE]-?\d{1,2})?$/;

/** A double is written with the digits that it was sent with, up to 15 of them: no sum of doubles is ever taken. */
function exact(value: Json | undefined): Amount | null {
  if (value === undefined || isObject(value)) return null;
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && DECIMAL.test(text) ? new Amount(text).toDecimalPlaces(PLACES) : null;
}

function firstExact(...values: readonly (Json | undefined)[]): Amount | null {
  for (const value of values) {
    const amount = exact(value);
    if (amount) return amount;
  }
  return null;
}

import { Amount, type JsonObject } from '#amounts';

const WHOLE = new Amount(1);
const HALF = new Amount('0.5');

/** Ways of serving a request that cost what the list says. */
const STANDARD: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  '',
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
]);
/** Throughput that was bought beforehand isn't paid by the token. */
const BY_TOKEN: ReadonlySet<unknown> = new Set([undefined, 'ON_DEMAND', 'ON_DEMAND_FLEX', 'ON_DEMAND_PRIORITY']);
const EVERYWHERE: ReadonlySet<unknown> = new Set([undefined, null, '', 'global', 'not_available']);

interface Factor {
  readonly factor: Amount;
  /** Whether it holds for tokens read from a cache as well. */
  readonly cached: boolean;
}

/**
 * What vendors ask for tokens that are served in another way, as a factor of the list price, where they publish one that holds
 * for all their models. By provider and way.
 */
const FACTORS: ReadonlyMap<string, Factor> = new Map([
  ['anthropic batch', { factor: HALF, cached: true }],
  ['aws batch', { factor: HALF, cached: false }],
  ['azure batch', { factor: HALF, cached: true }],
  ['azure flex', { factor: HALF, cached: true }],
  ['google batch', { factor: HALF, cached: false }],
  ['google flex', { factor: HALF, cached: false }],
  ['groq batch', { factor: HALF, cached: false }],
  ['groq flex', { factor: WHOLE, cached: true }],
  ['mistral batch', { factor: HALF, cached: false }],
  ['openai batch', { factor: HALF, cached: true }],
  ['openai flex', { factor: HALF, cached: true }],
]);

/**
 * The share of the list price that a request's tokens cost, by how it was served.
 * `null` where the vendor's price list doesn't say it as one factor: priority, for one, is priced by model.
 */
export function listPriceFactor(
  provider: string,
  properties: JsonObject | undefined,
  readsCache: boolean,
): Amount | null {
  if (properties === undefined) return WHOLE;
  const { batch, service_tier: tier, speed, inference_geo: place, traffic_type: traffic } = properties;
  if (!EVERYWHERE.has(place) || !STANDARD.has(speed) || !BY_TOKEN.has(traffic)) return null;
  const served = batch === true ? 'batch' : tier;
  if (STANDARD.has(served)) return WHOLE;
  const known = typeof served === 'string' ? FACTORS.get(`${provider} ${served}`) : undefined;
  if (known === undefined || (readsCache && !known.cached)) return null;
  return known.factor;
}

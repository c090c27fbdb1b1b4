import { Amount, ZERO } from '#amounts';

/** What a model was used for in a period. */
export interface ModelUsage {
  /** '' where no model was named. */
  readonly model: string;
  readonly requests: number;
  readonly credits: Amount;
  /** How much of each quantity was used, and what that cost in credits, by its name. */
  readonly quantities: ReadonlyMap<string, QuantityUsage>;
}

export interface QuantityUsage {
  readonly amount: Amount;
  readonly credits: Amount;
}

/** Why a model's credits changed, in credits; the four add up to the change, to the last digit. */
export interface ModelChange extends ChangeParts {
  readonly model: string;
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;
}

export interface ChangeParts {
  /** More or fewer requests of all models together, had they been split as before. */
  readonly volume: Amount;
  /** Another part of the requests went to this model. */
  readonly mix: Amount;
  /** A request used more or less of its quantities, at the prices of before. */
  readonly size: Amount;
  /** A quantity cost more or less. */
  readonly price: Amount;
}

export interface Decomposition extends Omit<ModelChange, 'model'> {
  /** Those that changed most first; the same change: by name. */
  readonly models: readonly ModelChange[];
}

const PLACES = 12;

/** Takes the change between two periods apart. What rounding leaves, the last part takes. */
export function decompose(before: readonly ModelUsage[], after: readonly ModelUsage[]): Decomposition {
  const names = [...new Set([...before, ...after].map(({ model }) => model))];
  const totals = { before: requestsOf(before), after: requestsOf(after) };
  const models = names
    .map((model) => changeOf(usageOf(before, model), usageOf(after, model), totals))
    .toSorted((a, b) => b.change.abs().cmp(a.change.abs()) || (a.model < b.model ? -1 : 1));
  const sum = (part: keyof Omit<ModelChange, 'model'>): Amount =>
    models.reduce((total, one) => total.plus(one[part]), ZERO);
  return {
    before: sum('before'),
    after: sum('after'),
    change: sum('change'),
    volume: sum('volume'),
    mix: sum('mix'),
    size: sum('size'),
    price: sum('price'),
    models,
  };
}

interface Totals {
  readonly before: number;
  readonly after: number;
}

function changeOf(before: ModelUsage, after: ModelUsage, totals: Totals): ModelChange {
  const change = after.credits.minus(before.credits);
  const volume = ratio(before.credits, totals.after - totals.before, totals.before);
  // What the requests of now would have cost, had each cost as much as before.
  const asBefore = before.requests > 0 ? ratio(before.credits, after.requests, before.requests) : null;
  // Nothing is known of what a request cost before, or costs now: it came, or it is gone.
  if (asBefore === null || after.requests === 0) {
    const parts = { volume, mix: change.minus(volume), size: ZERO, price: ZERO };
    return { model: after.model, before: before.credits, after: after.credits, change, ...parts };
  }
  const mix = asBefore.minus(before.credits).minus(volume);
  const rest = after.credits.minus(asBefore);
  const size = sizeOf(before, after, asBefore) ?? rest;
  const parts = { volume, mix, size, price: rest.minus(size) };
  return { model: after.model, before: before.credits, after: after.credits, change, ...parts };
}

/**
 * What the quantities of now would have cost at the prices of before, beyond what as many requests did. One that wasn't there before is
 * taken at its price of now.
 *
 * @returns `null` where quantities aren't known: then a request that costs more is a larger one
 */
function sizeOf(before: ModelUsage, after: ModelUsage, asBefore: Amount): Amount | null {
  const listed = [...before.quantities.values()].reduce((sum, { credits }) => sum.plus(credits), ZERO);
  if (listed.isZero() || after.quantities.size === 0) return null;
  let atOldPrices = ZERO;
  for (const [name, { amount, credits }] of after.quantities) {
    const old = before.quantities.get(name);
    const cost = old?.amount.gt(ZERO) ? old.credits.times(amount).div(old.amount) : credits;
    atOldPrices = atOldPrices.plus(cost);
  }
  // Lines say what usage costs by the list, and less may have been charged; what it was charged per line is taken for the same.
  return atOldPrices.times(before.credits).div(listed).toDecimalPlaces(PLACES).minus(asBefore);
}

function ratio(amount: Amount, part: number, whole: number): Amount {
  return whole === 0 ? ZERO : amount.times(part).div(whole).toDecimalPlaces(PLACES);
}

function usageOf(usages: readonly ModelUsage[], model: string): ModelUsage {
  return usages.find((one) => one.model === model) ?? { model, requests: 0, credits: new Amount(0), quantities: NONE };
}

const NONE: ReadonlyMap<string, QuantityUsage> = new Map();

function requestsOf(usages: readonly ModelUsage[]): number {
  return usages.reduce((sum, { requests }) => sum + requests, 0);
}

import { isMatch, meets, type Condition } from './match.ts';
import type { Price } from './rate-card.ts';
import { compareSpecificity } from './specificity.ts';
import type { Tags, Usage } from './usage.ts';

/** The prices of a card's version, or those that are an account's own. */
export class PriceList {
  /** As they are listed. */
  readonly prices: readonly Price[];
  readonly #byEvent: ReadonlyMap<string, EventPrices>;

  constructor(prices: readonly Price[]) {
    this.prices = prices;
    const byEvent = Map.groupBy(prices, ({ event }) => event);
    this.#byEvent = new Map([...byEvent].map(([event, ofEvent]) => [event, new EventPrices(ofEvent)]));
  }

  /** The price of a usage: of those that match, the most specific; null where none matches. */
  find(usage: Usage, tags: Tags): Price | null {
    return this.#byEvent.get(usage.event)?.find(usage, tags) ?? null;
  }
}

/** The prices of one event, the most specific first. A card may have hundreds, nearly all of them of one model each. */
class EventPrices {
  /** For every model that is named in full: what may be its price. */
  readonly #byModel = new Map<string, readonly Price[]>();
  /** For all other models. */
  readonly #others: readonly Price[];

  constructor(prices: readonly Price[]) {
    const sorted = prices.toSorted((a, b) => compareSpecificity(a.match, b.match));
    const general = sorted.filter((price) => namedModels(price) === null);
    const named = new Map<string, Price[]>();
    for (const price of sorted) {
      for (const model of namedModels(price) ?? []) named.set(model, [...(named.get(model) ?? []), price]);
    }
    for (const [model, own] of named) {
      const shared = general.filter((price) => isForModel(price, model));
      this.#byModel.set(
        model,
        [...own, ...shared].sort((a, b) => compareSpecificity(a.match, b.match)),
      );
    }
    this.#others = general;
  }

  find(usage: Usage, tags: Tags): Price | null {
    const ofModel = usage.model === undefined ? undefined : this.#byModel.get(usage.model);
    for (const price of ofModel ?? this.#others) if (isMatch(price.match, usage, tags)) return price;
    return null;
  }
}

function modelCondition({ match }: Price): Condition | undefined {
  return match.find(({ name }) => name === 'model');
}

/** The models that a price names in full; null where it names a prefix or no model. */
function namedModels(price: Price): ReadonlySet<string> | null {
  const condition = modelCondition(price);
  return condition === undefined || condition.kind === 'prefix' ? null : condition.values;
}

function isForModel(price: Price, model: string): boolean {
  const condition = modelCondition(price);
  return condition === undefined || meets(condition, model);
}

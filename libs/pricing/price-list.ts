import { isMatch } from './match.ts';
import type { Price } from './rate-card.ts';
import { compareRanks, rankOf } from './specificity.ts';
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

/** A price, and its place among those of its event, of which the most specific is the first. */
interface PlacedPrice {
  readonly place: number;
  readonly price: Price;
}

/** The prices of one event. A card may have hundreds, nearly all of them of one model each. */
class EventPrices {
  /** By every model that is named in full. */
  readonly #byModel = new Map<string, PlacedPrice[]>();
  /** Those that name a prefix of models, or no model. */
  readonly #others: PlacedPrice[] = [];

  constructor(prices: readonly Price[]) {
    const sorted = prices
      .map((price) => ({ price, rank: rankOf(price.match) }))
      .sort((a, b) => compareRanks(a.rank, b.rank));
    for (const [place, { price }] of sorted.entries()) {
      const models = namedModels(price);
      if (models === null) this.#others.push({ place, price });
      for (const model of models ?? []) {
        const ofModel = this.#byModel.get(model);
        if (ofModel) ofModel.push({ place, price });
        else this.#byModel.set(model, [{ place, price }]);
      }
    }
  }

  find(usage: Usage, tags: Tags): Price | null {
    const named = (usage.model !== undefined && this.#byModel.get(usage.model)) || [];
    const own = named.find(({ price }) => isMatch(price.match, usage, tags));
    for (const { place, price } of this.#others) {
      if (own && own.place < place) break;
      if (isMatch(price.match, usage, tags)) return price;
    }
    return own?.price ?? null;
  }
}

/** The models that a price names in full; null where it names a prefix or no model. */
function namedModels({ match }: Price): ReadonlySet<string> | null {
  const condition = match.find(({ name }) => name === 'model');
  return condition === undefined || condition.kind === 'prefix' ? null : condition.values;
}

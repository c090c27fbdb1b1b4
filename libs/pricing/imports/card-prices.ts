import { Amount, formatAmount, type JsonObject } from '#amounts';
import type { ImportNote, ListedModel, ListedRate } from './listed-model.ts';

const DECIMALS = 12;
/** The order in which the components of a price are listed; others follow. */
const ORDER = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'input_image_tokens',
  'input_video_tokens',
  'output_tokens',
  'reasoning_tokens',
  'output_audio_tokens',
  'output_image_tokens',
];
/** As many as a match may list. */
const NAMES_MAX = 100;

export interface CardOptions {
  /** What customers pay for what costs 1: 1.3 is 30 % more. */
  readonly markup: Amount;
  /** What a unit of the card is worth, in USD. */
  readonly creditPrice: Amount;
  /** In place of what the name of a model says. */
  readonly event: string | null;
  /** Whether usage must name the provider, but of models that their makers sell. */
  readonly byProvider: boolean;
}

/** The prices of a rate card, as the API takes them. */
export interface CardPrices {
  readonly prices: readonly JsonObject[];
  readonly notes: readonly ImportNote[];
}

/** Makes a price of each model, or several where its names need them. Each name means the first model that has it. */
export function cardPrices(models: readonly ListedModel[], options: CardOptions): CardPrices {
  const taken = new Set<string>();
  const notes: ImportNote[] = [];
  const prices = models.flatMap((model) => {
    const event = options.event ?? model.event;
    const providers = options.byProvider && !model.isMaker ? model.providers : [];
    const isFree = (name: string): boolean => {
      const key = JSON.stringify([event, providers, name]);
      const isFirst = !taken.has(key);
      taken.add(key);
      return isFirst;
    };
    const names = model.names.filter(isFree);
    const prefixes = model.prefixes.map((prefix) => `${prefix}*`).filter(isFree);
    if (names.length + prefixes.length === 0) {
      notes.push({
        model: model.label,
        providers: model.providers,
        note: 'has no name of its own that a rate card could match',
        isLeftOut: true,
      });
    }
    const terms = termsOf(model, options);
    return [...chunks(names), ...prefixes.map((prefix) => [prefix])].map((some) => ({
      event,
      match: { ...(providers.length > 0 && { provider: oneOrList(providers) }), model: oneOrList(some) },
      ...terms,
    }));
  });
  return { prices, notes };
}

function termsOf(model: ListedModel, options: CardOptions): JsonObject {
  const { rates, multipliers, maxOutputTokens } = model;
  return {
    components: [...rates]
      .sort((a, b) => placeOf(a.quantity) - placeOf(b.quantity))
      .map((rate) => componentOf(rate, options)),
    ...(multipliers.length > 0 && {
      multipliers: multipliers.map(({ match, by }) => ({ match, by: formatAmount(by) })),
    }),
    ...(maxOutputTokens !== null && { max_output_tokens: maxOutputTokens }),
  };
}

function placeOf(quantity: string): number {
  const place = ORDER.indexOf(quantity);
  return place < 0 ? ORDER.length : place;
}

function componentOf({ quantity, per, amount, aboveContext, minimum }: ListedRate, options: CardOptions): JsonObject {
  const price = (usd: Amount): string => {
    const units = usd.times(options.markup).div(options.creditPrice);
    return formatAmount(units.toDecimalPlaces(DECIMALS, Amount.ROUND_HALF_EVEN));
  };
  return {
    quantity,
    ...(!per.eq(1) && { per: formatAmount(per) }),
    amount: price(amount),
    ...(aboveContext.length > 0 && {
      above_context: aboveContext.map((step) => ({
        input_tokens: formatAmount(step.inputTokens),
        amount: price(step.amount),
      })),
    }),
    ...(minimum.gt(0) && { minimum: price(minimum) }),
  };
}

function oneOrList(values: readonly string[]): string | readonly string[] {
  const [first = '', ...others] = values;
  return others.length === 0 ? first : values;
}

function chunks(names: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(names.length / NAMES_MAX);
  return Array.from({ length: count }, (_, index) => names.slice(index * NAMES_MAX, (index + 1) * NAMES_MAX));
}

import { Amount, formatAmount, type Json } from '#amounts';
import type { ComponentJson, DecimalJson, MatchJson, MultiplierJson, TierJson } from './price-json.ts';

const OVER: Readonly<Record<NonNullable<ComponentJson['counted']>, string>> = {
  request: 'in each request',
  day: 'each day',
  month: 'each month',
  total: 'in all',
};

/** What a component of a price says, in a sentence or several: `1,000 input tokens cost 0.03 credits.` */
export function componentWords(component: ComponentJson, unit: string): string {
  const { included, minimum, above_context: context, counted } = component;
  const over = OVER[counted ?? 'request'];
  const sentences = [
    priceWords(component, unit, over),
    ...(context ?? []).map(
      ({ input_tokens, amount }) =>
        `In requests of more than ${amountWords(input_tokens)} input tokens, ${cost(component, amount, unit)}.`,
    ),
    ...(included && !isZero(included) ? [`The first ${quantity(component.quantity, included)} ${over} are free.`] : []),
    ...(minimum && !isZero(minimum) ? [`A request with any costs at least ${money(minimum, unit)}.`] : []),
  ];
  return sentences.join(' ');
}

/** What a price is for: `model gpt-5 or gpt-5-mini, region eu`; empty where it is for everything. */
export function matchWords(match: MatchJson): string {
  return Object.entries(match)
    .map(([name, value]) => (name === 'time' ? `from ${valueWords(value)}` : `${spaced(name)} ${valueWords(value)}`))
    .join(', ');
}

/** `With batch true, the price is multiplied by 0.5.` */
export function multiplierWords({ match, by }: MultiplierJson): string {
  const { time, ...rest } = match;
  const when = time === undefined ? [] : [`From ${valueWords(time).replace('-', ' to ')}`];
  const where = Object.keys(rest).length === 0 ? [] : [`with ${matchWords(rest)}`];
  const condition = [...when, ...where].join(', ');
  return `${condition.charAt(0).toUpperCase()}${condition.slice(1)}, the price is multiplied by ${amountWords(by)}.`;
}

function priceWords(component: ComponentJson, unit: string, over: string): string {
  const { pricing, amount, tiers, quantity: name } = component;
  switch (pricing ?? 'per_unit') {
    case 'per_unit':
      return `${capitalised(cost(component, amount ?? 0, unit))}.`;
    case 'package':
      return `Each package of ${quantity(name, component.per ?? 1)} costs ${money(amount ?? 0, unit)}, also one that is begun.`;
    case 'flat':
      return name === 'requests'
        ? `A request costs ${money(amount ?? 0, unit)}.`
        : `A request with ${spaced(name)} costs ${money(amount ?? 0, unit)}.`;
    case 'graduated':
      return `${capitalised(spaced(name))} ${over}: ${eachTier(tiers ?? [], (tier) => tierWords(component, tier, unit))}.`;
    case 'volume':
      return `All ${spaced(name)} of a request: ${eachTier(tiers ?? [], (tier) => tierWords(component, tier, unit))}.`;
  }
}

function eachTier(tiers: readonly TierJson[], words: (tier: TierJson) => string): string {
  let isFirst = true;
  return tiers
    .map((tier) => {
      const { up_to: upTo } = tier;
      const beyond = isFirst ? '' : 'beyond that, ';
      isFirst = false;
      return upTo === undefined || upTo === null
        ? `${beyond}${words(tier)}`
        : `up to ${amountWords(upTo)}, ${words(tier)}`;
    })
    .join('; ');
}

function tierWords(component: ComponentJson, { amount, flat }: TierJson, unit: string): string {
  const each = isOne(component.per ?? 1) ? 'each' : `per ${amountWords(component.per ?? 1)}`;
  return `${money(amount, unit)} ${each}${flat && !isZero(flat) ? ` plus ${money(flat, unit)}` : ''}`;
}

/** `1,000 input tokens cost 0.03 credits` */
function cost({ quantity: name, per }: ComponentJson, amount: DecimalJson, unit: string): string {
  const units = per ?? 1;
  return `${quantity(name, units)} ${isOne(units) ? 'costs' : 'cost'} ${money(amount, unit)}`;
}

function quantity(name: string, count: DecimalJson): string {
  return `${amountWords(count)} ${isOne(count) ? singular(spaced(name)) : spaced(name)}`;
}

function money(amount: DecimalJson, unit: string): string {
  return `${amountWords(amount)} ${isOne(amount) ? singular(unit) : unit}`;
}

/** `1000000.5` → `1,000,000.5` */
function amountWords(amount: DecimalJson): string {
  const [whole = '', fraction] = formatAmount(new Amount(amount)).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}

function singular(plural: string): string {
  if (/(?:ch|sh|x|ss)es$/.test(plural)) return plural.slice(0, -2);
  return /[a-z]{2}[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
}

function valueWords(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(one as Json)).join(' or ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isOne(count: DecimalJson): boolean {
  return new Amount(count).eq(1);
}

function isZero(count: DecimalJson): boolean {
  return new Amount(count).isZero();
}

import type { Usage } from '#ledger';
import { units, type Units } from './units.ts';

/** The rate card of every environment, as the service gets it. Below, the same once more in the simplest code. */
export const PRICES = [
  {
    event: 'chat',
    components: [
      {
        quantity: 'tokens',
        pricing: 'graduated',
        counted: 'month',
        tiers: [{ up_to: '3', amount: '0.5' }, { up_to: '8', amount: '2' }, { amount: '1' }],
      },
      { quantity: 'output_tokens', amount: '0.5' },
    ],
    max_output_tokens: 4,
  },
  { event: 'image', match: { model: 'large' }, components: [{ quantity: 'images', amount: '3' }] },
];
const MAX_OUTPUT = 4;

/** What an account pays: nothing has a price, the prices of the card, or half of them. */
export type Prices = 'none' | 'full' | 'half';

/** What usages come to. */
export interface Priced {
  readonly amount: Units;
  /** How many tokens are counted. */
  readonly tokens: number;
  /** Which have no price. */
  readonly unpriced: readonly number[];
}

/** What usages cost whose first token is counted after so many, and that follow steps of the same authorization. */
export function priceOf(
  usages: readonly Usage[],
  prices: Prices,
  used: number,
  steps: readonly (readonly Usage[])[] = [],
): Priced {
  const tokensCost = (usage: Usage, before: number): Units => tokensFrom(used + before, numberOf(usage, 'tokens'));
  const priced = addUp(usages, prices, tokensCost, 0);
  const silent = usages.flatMap((usage, index) =>
    saysNothing(usage) &&
    !steps.some((step) => step.filter((one) => isAlike(one, usage)).length > placeAmongAlike(usages, index))
      ? [index]
      : [],
  );
  const unpriced = [...new Set([...priced.unpriced, ...silent])];
  return { ...priced, unpriced: unpriced.sort((a, b) => a - b) };
}

function saysNothing(usage: Usage): boolean {
  return Object.keys(usage).every((name) => name === 'event' || name === 'model');
}

/** How many of its kind stand before it: it goes on with the one in that place of an earlier step. */
function placeAmongAlike(usages: readonly Usage[], index: number): number {
  return usages.slice(0, index).filter((one) => isAlike(one, usages[index])).length;
}

function isAlike(one: Usage, other: Usage | undefined): boolean {
  return one.event === other?.event && one.model === other.model;
}

/** The most that usages may cost: wherever the counter stands by then, and with all the output that there may be. */
export function boundOf(usages: readonly Usage[], prices: Prices, used: number, reserved: number): Priced {
  const dearest = (usage: Usage, tokensBefore: number): Units => {
    const places = Array.from({ length: reserved + tokensBefore + 1 }, (_, at) => used + at);
    const amounts = places.map((place) => tokensFrom(place, numberOf(usage, 'tokens')));
    return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
  };
  const bound = addUp(usages, prices, dearest, MAX_OUTPUT);
  // A chat may write whatever it is allowed to. Of an image that isn't counted, nobody knows what it may cost.
  const uncounted = usages.flatMap((usage, index) => (usage.event !== 'chat' && saysNothing(usage) ? [index] : []));
  const unpriced = [...new Set([...bound.unpriced, ...uncounted])];
  return { ...bound, unpriced: unpriced.sort((a, b) => a - b) };
}

/** The most that the usages of several steps may cost which go on with each other. */
export function boundTogether(
  steps: readonly (readonly Usage[])[],
  prices: Prices,
  used: number,
  reserved: number,
): Priced {
  const all: Usage[] = [];
  for (const step of steps) {
    const before = [...all];
    for (const [index, usage] of step.map(withAllItsOutput).entries()) {
      const earlier = before.filter((one) => isAlike(one, usage))[placeAmongAlike(step, index)];
      if (earlier) all[all.indexOf(earlier)] = together(earlier, usage);
      else all.push(usage);
    }
  }
  return boundOf(all, prices, used, reserved);
}

function withAllItsOutput(usage: Usage): Usage {
  return { output_tokens: MAX_OUTPUT, ...usage };
}

function together(one: Usage, other: Usage): Usage {
  const sumOf = (quantity: string): number => numberOf(one, quantity) + numberOf(other, quantity);
  return { ...one, tokens: sumOf('tokens'), output_tokens: sumOf('output_tokens'), images: sumOf('images') };
}

function addUp(
  usages: readonly Usage[],
  prices: Prices,
  tokensCost: (usage: Usage, tokensBefore: number) => Units,
  outputAssumed: number,
): Priced {
  let [amount, tokens] = [0n, 0];
  const unpriced: number[] = [];
  for (const [index, usage] of usages.entries()) {
    if (usage.event === 'chat') {
      const output = usage['output_tokens'] === undefined ? outputAssumed : numberOf(usage, 'output_tokens');
      amount += tokensCost(usage, tokens) + BigInt(output) * units('0.5');
      tokens += numberOf(usage, 'tokens');
    } else if (usage.event === 'image' && usage.model === 'large') {
      amount += BigInt(numberOf(usage, 'images')) * units('3');
    } else unpriced.push(index);
  }
  return { amount: prices === 'half' ? amount / 2n : amount, tokens, unpriced };
}

/** One token after the other. */
function tokensFrom(place: number, count: number): Units {
  let amount = 0n;
  for (let at = place; at < place + count; at += 1) amount += units(at < 3 ? '0.5' : at < 8 ? '2' : '1');
  return amount;
}

function numberOf(usage: Usage, quantity: string): number {
  return Number(usage[quantity] ?? 0);
}

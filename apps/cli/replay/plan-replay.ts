import { Amount, ZERO } from '#amounts';
import type { TraceRow } from './read-trace.ts';
import type { ReplayCard } from './replay-card.ts';
import { costOfTokens, type TokenPrices } from './token-prices.ts';

export interface ReplayPlan {
  readonly card: ReplayCard;
  /** The customers that have at least one request. */
  readonly customers: readonly PlannedCustomer[];
  readonly requests: readonly PlannedRequest[];
  /** Output tokens that are authorized for every request. */
  readonly maxOutput: number;
  /** How many requests really cost more than is authorized for them. */
  readonly overBound: number;
}

export interface PlannedCustomer {
  /** The id of its account. */
  readonly account: string;
  /** Granted enough for every request, whatever happens; otherwise for about half of them. */
  readonly ample: boolean;
  readonly granted: Amount;
}

export interface PlannedRequest extends PricedRow {
  readonly customer: PlannedCustomer;
}

interface PricedRow extends TraceRow {
  /** Its place in the trace, from 1. */
  readonly row: number;
  readonly model: TokenPrices;
  readonly tags: Readonly<Record<string, string>>;
  /** The most that it may cost: the prompt, and as much output as the model may write. */
  readonly bound: Amount;
  /** What the customer must pay: the tokens it really took. The service has to come to the same by the rate card. */
  readonly cost: Amount;
  readonly authorizeKey: string;
  readonly commitKey: string;
}

export interface PlanOptions {
  /** Names accounts and idempotency keys, so that the same run replayed again is the same requests again. */
  readonly run: string;
  readonly customers: number;
  /** The share of customers that are granted too little, 0 to 1. */
  readonly shortShare: number;
  readonly card: ReplayCard;
  /** Tokens of output that are authorized for every request. */
  readonly maxOutput: number;
}

/**
 * Turns a trace into customers with grants and requests of models. The same trace and options always give the
 * same plan, down to the idempotency keys.
 */
export function planReplay(rows: readonly TraceRow[], options: PlanOptions): ReplayPlan {
  const priced = rows.map((row, index) => priceRow(row, index + 1, options));
  const planned = [...Map.groupBy(priced, ({ row }) => customerOfRow(row, options.customers))].map(([number, own]) => {
    const customer = planCustomer(number, own, options);
    return { customer, requests: own.map((request) => ({ ...request, customer })) };
  });
  return {
    card: options.card,
    maxOutput: options.maxOutput,
    customers: planned.map(({ customer }) => customer),
    requests: planned.flatMap(({ requests }) => requests).sort((a, b) => a.row - b.row),
    overBound: priced.filter(({ bound, cost }) => cost.greaterThan(bound)).length,
  };
}

function priceRow(traced: TraceRow, row: number, { run, card, maxOutput }: PlanOptions): PricedRow {
  const model = card.models[(row - 1) % card.models.length] as TokenPrices;
  return {
    ...traced,
    row,
    model,
    tags: tagsOfRow(row),
    bound: costOfTokens(model, traced.inputTokens, maxOutput),
    cost: costOfTokens(model, traced.inputTokens, traced.outputTokens),
    authorizeKey: `${run}-a-${numbered(row, 999_999)}`,
    commitKey: `${run}-c-${numbered(row, 999_999)}`,
  };
}

const features = ['chat', 'search', 'summary'] as const;
const usersOfCustomer = 10;

/** Who of the customer asks, and where in the product. */
function tagsOfRow(row: number): PricedRow['tags'] {
  // Two numbers that have nothing to do with each other, nor with the customer: those take the upper bits.
  const hash = scramble(row);
  const feature = features[(hash >>> 8) % features.length] ?? features[0];
  return { user: `user-${1 + (hash % usersOfCustomer)}`, feature };
}

function planCustomer(
  number: number,
  own: readonly PricedRow[],
  { run, customers, shortShare }: PlanOptions,
): PlannedCustomer {
  const account = `${run}-c${numbered(number, customers)}`;
  const ample = !isShort(number, customers, shortShare);
  if (ample) return { account, ample, granted: sumOf(own.map(({ bound, cost }) => Amount.max(bound, cost))) };
  return { account, ample, granted: half(sumOf(own.map(({ cost }) => cost))) };
}

function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, amount) => sum.plus(amount), ZERO);
}

/** The smallest amount there is: what a customer that will use nothing is granted, as a grant can't be nothing. */
const smallestAmount = new Amount('0.000000000001');

function half(amount: Amount): Amount {
  return Amount.max(amount.dividedBy(2).toDecimalPlaces(12), smallestAmount);
}

/**
 * Squaring an even spread gives a few busy customers and many quiet ones, as in life: of a hundred, the first has a
 * tenth of all requests and the last one in two hundred.
 */
function customerOfRow(row: number, customers: number): number {
  const even = scramble(row) / 2 ** 32;
  return Math.floor(even * even * customers);
}

/** The finalizer of MurmurHash3: neighbouring numbers come out far apart, between 0 and 2^32 - 1. */
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Spreads the short customers evenly between the others, so that busy and quiet ones are among them. */
function isShort(number: number, customers: number, share: number): boolean {
  const short = Math.round(share * customers);
  return Math.floor(((number + 1) * short) / customers) > Math.floor((number * short) / customers);
}

function numbered(value: number, largest: number): string {
  return `${value}`.padStart(`${largest}`.length, '0');
}

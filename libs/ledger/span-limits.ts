import { Amount, smallerOf, ZERO } from '#amounts';
import { windowOf, type Period, type Window } from '#calendar';
import type { AccountKey } from './ids.ts';

export const LIMIT_PERIODS = ['day', 'week', 'month', 'total'] as const satisfies readonly Period[];

/** A limit over all accounts of a unit: for what one API key asks, or for a whole environment. */
export interface SpanLimit {
  /** A UUID; an account's share is the counter of this id. */
  readonly id: string;
  readonly kind: 'key' | 'environment';
  readonly amount: Amount;
  /** It counts what is authorized from then on, in milliseconds since 1970. */
  readonly since: number;
}

/** A window of a limit in which less was left than an account has asked for. */
export interface Exhausted {
  readonly limit: string;
  /** The limit's amount then. */
  readonly amount: Amount;
  readonly window: Window;
  /** What could still be leased. */
  readonly left: Amount;
  /** What all accounts have used and reserved of it. */
  readonly spent: Amount;
  readonly held: Amount;
}

/** The limits that requests fall under, as the process knows them. */
export interface SpanLimitBook {
  /** The key's first. */
  of(environment: string, keyId: string | null, unit: string): readonly SpanLimit[];
  /** Windows in which nothing more was to be had a moment ago. */
  readonly exhausted: readonly Exhausted[];
}

export const NO_SPAN_LIMITS: SpanLimitBook = { of: () => [], exhausted: [] };

/** What an account's share of a limit is too small for. It has to be leased before the request can be decided. */
export interface ShareWant {
  readonly limit: string;
  readonly accountKey: AccountKey;
  /** By the account's clock: says which window. */
  readonly at: number;
  readonly required: Amount;
  /** What is of use at the least: less than is required, where a request takes what there is. */
  readonly least: Amount;
  /** What is left of the share; below zero where commits took more than was held. */
  readonly room: Amount;
  /** What the share has been granted. */
  readonly granted: Amount;
  /** What the account spends in a minute. */
  readonly perMinute: Amount;
}

/** What was leased to an account: all that its share is granted from now on. */
export interface Lease {
  readonly limit: string;
  readonly accountKey: AccountKey;
  readonly window: Window;
  readonly granted: Amount;
  /** Leases of a share are numbered. One that isn't higher than the last that the share knows was taken back. */
  readonly number: number;
}

/** What came of looking for what requests lacked. */
export interface Refilled {
  readonly leases: readonly Lease[];
  readonly exhausted: readonly Exhausted[];
}

/**
 * How much of what is left of a limit an account takes, that needs so much: enough for a minute, or a 256th of what is left, so that
 * it doesn't come back for every request. As a limit runs out, nobody takes much more than it needs.
 *
 * @param perMinute what it spends in a minute; `null`: it takes no more than it needs
 * @returns nothing where less is left than is needed at the least
 */
export function leaseOf(
  left: Amount,
  { need, least, perMinute }: { readonly need: Amount; readonly least: Amount; readonly perMinute: Amount | null },
): Amount {
  if (left.lt(least) || left.isNegative()) return ZERO;
  if (perMinute === null) return smallerOf(left, need);
  const more = Amount.max(smallerOf(perMinute, partOf(left, 16)), partOf(left, 256));
  return smallerOf(left, Amount.max(need, more));
}

/** The window of a limit that an instant belongs to. A new time zone holds from the end of the window under way. */
export function spanWindowOf(period: Period, timeZone: string, at: number, neighbours: readonly Window[]): Window {
  return neighbours.reduce<Window>(
    ({ start, end }, other) =>
      other.end !== null && other.end <= at
        ? { start: Math.max(start, other.end), end }
        : { start, end: end === null ? other.start : Math.min(end, other.start) },
    windowOf(period, timeZone, at),
  );
}

/** Rounded down to the decimals that an amount may have. */
function partOf(amount: Amount, parts: number): Amount {
  return amount.div(parts).toDecimalPlaces(12, Amount.ROUND_DOWN);
}

import type { AccountSet } from '../accounts.ts';

const ACTIVE = 10_000;
const LAPSING = 10_000;
/** At scale 1; more than a run of an hour asks for. */
const NEVER_SEEN = 100_000;
/** At scale 1. */
const MANY_ACTIVE = 1_000_000;
const FEWEST = 2_000;

/** Accounts that are filled into the tables, told apart by their numbers. */
export interface FilledAccounts {
  readonly active: AccountSet;
  readonly lapsing: AccountSet;
  readonly neverSeen: AccountSet;
  readonly manyActive: AccountSet;
}

/** @param scale of those whose number is large, from 0 to 1. */
export function filledAccounts(scale: number): FilledAccounts {
  let next = 0;
  const take = (count: number): AccountSet => {
    next += count;
    return { name: 'grow', first: next - count, count };
  };
  const scaled = (count: number): number => Math.max(FEWEST, Math.round(scale * count));
  return {
    active: take(ACTIVE),
    lapsing: take(LAPSING),
    neverSeen: take(scaled(NEVER_SEEN)),
    manyActive: take(scaled(MANY_ACTIVE)),
  };
}

/** The part of a set that a round may use, where no account is used twice; round 0 warms up. */
export function sliceOf({ name, first = 0, count }: AccountSet, round: number, rounds: number): AccountSet {
  const size = Math.floor(count / (rounds + 1));
  return { name, first: first + round * size, count: size };
}

import { moneyOfSlice } from '../money/money-of-slice.ts';
import type { AuthorizationBefore } from './authorization-tally.ts';
import type { FactSums } from './fact-sums.ts';
import { addFacts, type BookedAuthorization } from './facts-of-slice.ts';
import type { JournalSlice } from './journal-slice.ts';
import type { MoneyPosition } from './money-fact.ts';

export interface FoldTerms {
  readonly before: ReadonlyMap<string, AuthorizationBefore>;
  readonly positions: ReadonlyMap<string, MoneyPosition>;
  readonly tags: readonly string[];
}

export interface Folded {
  /** Those that have changed. */
  readonly positions: ReadonlyMap<string, MoneyPosition>;
  readonly booked: readonly BookedAuthorization[];
}

/** All that a slice adds to reports. Whoever rolls up, rolls up anew or compares does it by this function. */
export function foldSlice(slice: JournalSlice, { before, positions, tags }: FoldTerms, sums: FactSums): Folded {
  const money = moneyOfSlice(slice, positions);
  const booked = addFacts(slice, { before, money: money.facts, tags }, sums);
  return { positions: money.positions, booked };
}

import { manyAccounts, newAccounts } from './account-numbers.ts';
import { BESIDE_DECLINES, ONLY_DECLINES } from './declines.ts';
import { filledAccounts } from './filled-accounts.ts';
import { LARGE_BATCHES } from './large-batches.ts';
import { midnightMixes } from './midnight.ts';
import type { Mix } from './mix.ts';
import { NEIGHBOUR_MIXES } from './neighbours.ts';
import { besideSweeps } from './sweeps.ts';
import { TAIL } from './tail.ts';
import { TEST_FLOOD } from './test-flood.ts';
import { BESIDE_TOPUPS } from './topups.ts';

export interface MixSizes {
  readonly scale: number;
  readonly rounds: number;
}

/** All that can be measured, in order. */
export function allMixes({ scale, rounds }: MixSizes): readonly Mix[] {
  const filled = filledAccounts(scale);
  return [
    BESIDE_DECLINES,
    ONLY_DECLINES,
    newAccounts(filled, rounds),
    LARGE_BATCHES,
    TEST_FLOOD,
    TAIL,
    besideSweeps(filled),
    BESIDE_TOPUPS,
    ...midnightMixes(scale),
    ...NEIGHBOUR_MIXES,
    manyAccounts(filled),
  ];
}

/** Those that are meant: by their names, or by how the names of several begin. */
export function mixesNamed(names: readonly string[], mixes: readonly Mix[]): readonly Mix[] {
  return mixes.filter(({ name }) => names.some((wanted) => name === wanted || name.startsWith(`${wanted}-`)));
}

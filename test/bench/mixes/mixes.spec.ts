import { describe, expect, it } from '@jest/globals';
import type { AccountSet } from '../accounts.ts';
import { filledAccounts, sliceOf } from './filled-accounts.ts';
import { allMixes, mixesNamed } from './mixes.ts';

function numbers({ first = 0, count }: AccountSet): [from: number, to: number] {
  return [first, first + count];
}

describe('filled accounts', () => {
  it('are of one kind each, one behind the other', () => {
    const { active, lapsing, neverSeen, manyActive } = filledAccounts(1);
    const ends = [active, lapsing, neverSeen, manyActive].map(numbers);
    expect(ends[0]?.[0]).toBe(0);
    for (const [index, [from]] of ends.slice(1).entries()) expect(from).toBe(ends[index]?.[1]);
    expect(manyActive.count).toBe(1_000_000);
  });

  it('that were never seen are of one round each', () => {
    const { neverSeen } = filledAccounts(0.001);
    const slices = [0, 1, 2, 3].map((round) => numbers(sliceOf(neverSeen, round, 3)));
    for (const [index, [from]] of slices.slice(1).entries()) expect(from).toBe(slices[index]?.[1]);
    expect(slices.at(-1)?.[1]).toBeLessThanOrEqual(numbers(neverSeen)[1]);
  });
});

describe('the mixes', () => {
  const all = allMixes({ scale: 1, rounds: 3 });

  it('have a name each', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('are found by their names, or by how several begin', () => {
    expect(mixesNamed(['tail'], all).map(({ name }) => name)).toEqual(['tail']);
    expect(mixesNamed(['neighbours-replays'], all).map(({ name }) => name)).toEqual([
      'neighbours-replays-same',
      'neighbours-replays-other',
    ]);
    expect(mixesNamed(['tai', 'neighbour'], all)).toEqual([]);
  });
});
